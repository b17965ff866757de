import { foreignProgram } from './facts/image-name.ts';
import { membersOf, unprepared } from './facts/members.ts';
import type { Rule } from './rule.ts';

export const searchCluster: Rule = {
  name: 'search-cluster',
  because: 'nodes of Elasticsearch find each other by name, and must agree on who may lead at first',
  check: (system) =>
    system.stores.flatMap((store) => {
      const members = membersOf(system, store).filter((member) => foreignProgram(member) === 'elasticsearch');
      if (members.length < 2) return [];
      const names = members.map(({ name, env }) => env['node.name'] ?? name);
      const addresses = members.flatMap(({ name, aliases }) => [name, ...aliases]);
      return [
        ...(members.length >= 3 ? [] : [`${store.name} has two nodes: neither may lead without the other`]),
        ...members.flatMap(({ name, env }) => [
          ...strangers(env['discovery.seed_hosts'], addresses).map(
            (host) => `${name} looks for ${host}, which is no node of ${store.name}`,
          ),
          ...(sorted(env['cluster.initial_master_nodes']) === [...names].sort().join()
            ? []
            : [`${name} begins with other leaders than the nodes of ${store.name}`]),
        ]),
        ...unprepared(system, store, 'a cluster'),
      ];
    }),
};

const listOf = (text = ''): string[] => text.split(',').filter((part) => part !== '');
const sorted = (text: string | undefined): string => listOf(text).sort().join();

function strangers(hosts: string | undefined, known: readonly string[]): string[] {
  return listOf(hosts).filter((host) => !known.includes(host.replace(/:\d+$/, '')));
}
