/** The node that holds the data: without it whatever is pinned to it would wait for ever, and nobody would say why. */
import { deployErrors } from '../../errors.ts';
import type { System } from '../../model/types.ts';
import type { DockerCommand } from '../containers/docker-command.ts';

interface Node {
  readonly ID: string;
  readonly Spec: { readonly Availability: string; readonly Labels?: Readonly<Record<string, string>> };
  readonly Description: { readonly Hostname: string };
  readonly Status: { readonly State: string };
  readonly ManagerStatus?: { readonly Leader?: boolean };
}

const LABEL = 'lucid.data';

/** @throws `no-data-node` with the command that labels one, or naming the one that cannot take tasks */
export async function requireDataNode(docker: DockerCommand, system: System): Promise<void> {
  const pinned = system.services.some(
    ({ status, replicas, placement }) => status === 'built' && replicas > 0 && placement === 'data',
  );
  if (!pinned) return;
  const ids = (await docker.run(['node', 'ls', '--quiet'])).split('\n').filter((id) => id !== '');
  const nodes = JSON.parse(await docker.run(['node', 'inspect', ...ids])) as Node[];
  const labelled = nodes.filter(({ Spec }) => Spec.Labels?.[LABEL] === 'true');
  if (labelled.some(takesTasks)) return;
  if (labelled.length > 0) {
    const why = labelled.map((node) => `${nameOf(node)} is ${node.Status.State}, ${node.Spec.Availability}`);
    throw deployErrors.noDataNode(`no node labelled ${LABEL}=true can take tasks: ${why.join('; ')}`);
  }
  const candidate = nodes.find(({ ManagerStatus }) => ManagerStatus?.Leader) ?? nodes[0];
  const command = `docker node update --label-add ${LABEL}=true ${candidate ? nameOf(candidate) : '<node>'}`;
  const others = nodes.length > 1 ? ` (or another of ${nodes.map(nameOf).join(', ')})` : '';
  throw deployErrors.noDataNode(
    `no node of the Swarm is labelled to hold the data: run \`${command}\`${others}`,
  );
}

const takesTasks = ({ Status, Spec }: Node) => Status.State === 'ready' && Spec.Availability === 'active';
const nameOf = ({ Description }: Node) => Description.Hostname;
