import { expect, it } from 'vitest';
import type { Container } from './containers.ts';
import { get } from './http.ts';
import { describeImages } from './images-here.ts';

const IMAGE = 'lucid-lab/elasticsearch:9.2.0';
const PATIENCE = { timeout: 300_000, interval: 500 };
const COMMON = { 'xpack.security.enabled': 'false', ES_JAVA_OPTS: '-Xms256m -Xmx256m' };

async function put(
  address: string,
  method: string,
  path: string,
  body: unknown,
): Promise<Record<string, unknown>> {
  const init = { method, headers: { 'content-type': 'application/json' }, body: JSON.stringify(body) };
  const response = await fetch(`http://${address}${path}`, init);
  if (!response.ok) throw new Error(await response.text());
  return (await response.json()) as Record<string, unknown>;
}

const health = async (node: Container) => {
  const text = await get(await node.address(9200), '/_cluster/health').catch((error) =>
    JSON.stringify(String(error)),
  );
  return JSON.parse(text);
};
const hits = async (node: Container, query: string) =>
  JSON.parse(await get(await node.address(9200), `/books/_search?q=${query}`)).hits.total.value;

await describeImages(
  ['elasticsearch', 'elasticsearch-exporter'],
  'the image of Elasticsearch',
  (containers) => {
    it('answers alone, and keeps its index over a restart', async () => {
      const environment = {
        ...COMMON,
        'discovery.type': 'single-node',
        'cluster.name': 'proof',
        'node.name': 'one',
      };
      const node = await containers().run(IMAGE, { name: 'single', environment, ports: [9200] });
      await expect
        .poll(() => health(node), PATIENCE)
        .toMatchObject({ status: 'green', cluster_name: 'proof' });
      const address = await node.address(9200);
      expect(JSON.parse(await get(address, '/'))).toMatchObject({
        name: 'one',
        version: { number: '9.2.0' },
      });
      await put(address, 'PUT', '/books', {
        settings: { number_of_replicas: 0, 'index.codec': 'best_compression' },
      });
      await put(address, 'POST', '/books/_doc?refresh', { title: 'Notes on searching' });
      expect(await hits(node, 'title:searching')).toBe(1);
      expect(await node.stop()).toBe(143); // as a JVM ends on SIGTERM, after closing everything
      await node.start();
      await expect
        .poll(() => health(node), PATIENCE)
        .toMatchObject({ status: 'green', active_primary_shards: 1 });
      expect(await hits(node, 'title:searching')).toBe(1);
      expect(await node.stop()).toBe(143);
    }, 600_000);

    it('joins three nodes, tells its exporter so, and answers in full when one of them is killed', async () => {
      const names = ['es-1', 'es-2', 'es-3'];
      const start = (name: string) => {
        const seeds = names.filter((other) => other !== name).join(',');
        const membership = { 'discovery.seed_hosts': seeds, 'cluster.initial_master_nodes': names.join(',') };
        const environment = { ...COMMON, 'cluster.name': 'three', 'node.name': name, ...membership };
        return containers().run(IMAGE, { name, environment, ports: [9200] });
      };
      const nodes = await Promise.all(names.map(start));
      const [first, , last] = nodes as [Container, Container, Container];
      for (const node of nodes)
        await expect
          .poll(() => health(node), PATIENCE)
          .toMatchObject({ status: 'green', number_of_nodes: 3 });
      await put(await last.address(9200), 'PUT', '/books', {
        settings: { number_of_shards: 3, number_of_replicas: 1 },
      });
      for (let number = 0; number < 12; number++)
        await put(await last.address(9200), 'POST', '/books/_doc?refresh', { title: `volume ${number}` });
      await expect.poll(() => health(first), PATIENCE).toMatchObject({ status: 'green', active_shards: 6 });

      const options = ['--es.uri=http://es-1:9200', '--es.all'];
      const image = 'lucid-lab/elasticsearch-exporter:1.5';
      const exporter = await containers().run(image, { name: 'exporter', ports: [9114] }, ...options);
      const metrics = async () => get(await exporter.address(9114), '/metrics').catch(String);
      await expect
        .poll(metrics, PATIENCE)
        .toMatch(/^elasticsearch_cluster_health_number_of_nodes\{[^}]*\} 3$/m);

      await last.stop('SIGKILL');
      await expect
        .poll(() => health(first), PATIENCE)
        .toMatchObject({ number_of_nodes: 2, unassigned_primary_shards: 0 });
      expect(await hits(first, 'title:volume')).toBe(12);
    }, 900_000);

    it('does not start when it is asked for security, which it has not', async () => {
      const environment = { ...COMMON, 'xpack.security.enabled': 'true' };
      const node = await containers().run(IMAGE, { name: 'secure', environment });
      expect(await node.ended()).toBe(1);
      expect(await node.logs()).toContain('xpack.security.enabled=true: this server has no x-pack');
    }, 120_000);
  },
);
