import { describe, expect, it } from 'vitest';
import { deployErrors } from '../../src/errors.ts';
import { health } from '../../src/validate/health.ts';
import { limits } from '../../src/validate/limits.ts';
import { memory } from '../../src/validate/memory.ts';
import { contextOf } from './fake-engine.ts';
import { smallSystem } from './small-system.ts';

const system = smallSystem();
const nodes: Readonly<Record<string, string>> = { 'lucid-api-1': 'node-2', 'lucid-gateway-1': 'node-2' };

describe('instances on nodes that cannot be asked from here', () => {
  const capture = (id: string) => {
    const node = nodes[id] ?? (id === 'lucid-api-2' ? 'node-3' : undefined);
    if (node) throw deployErrors.elsewhere(id, node);
    return { stdout: '1\n' };
  };

  it.each([health, limits])('are one line for each node', async (check) => {
    const results = await check.run(await contextOf(system, { name: 'swarm', capture }));
    const ways = 'ask there, or name its engine in LUCID_NODE_HOSTS; docker exec does not cross nodes';
    const { name } = check;
    expect(results.filter(({ subject }) => /^node|api|gateway/.test(subject))).toEqual([
      { check: name, subject: 'node-2', verdict: 'unknown', detail: `2 instances on node-2: ${ways}` },
      { check: name, subject: 'node-3', verdict: 'unknown', detail: `1 instance on node-3: ${ways}` },
    ]);
    expect(results.find(({ subject }) => subject === 'lucid-mongodb-1')).toBeDefined();
  });

  it('are no failed probe when the engine of their node does not answer', async () => {
    const silent = { exitCode: 1, stderr: 'Cannot connect to the Docker daemon at ssh://n2. Is it running?' };
    const results = await health.run(await contextOf(system, { name: 'swarm', capture: () => silent }));
    expect(results.filter(({ verdict }) => verdict === 'failed')).toEqual([]);
    expect(results).toContainEqual(
      expect.objectContaining({ subject: 'lucid-redis-1', verdict: 'unknown', detail: silent.stderr }),
    );
  });

  it('have an unknown memory, said once', async () => {
    const { instances } = (await contextOf(system)).status;
    const changed = Object.fromEntries(instances.map(({ id }) => [id, { rssBytes: undefined }]));
    expect(await memory.run(await contextOf(system, { name: 'swarm', changed }))).toEqual([
      {
        check: 'memory',
        subject: `${instances.length} instances`,
        verdict: 'unknown',
        detail: 'the swarm engine cannot tell of any',
      },
    ]);
  });
});
