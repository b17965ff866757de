import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { temporaryFolder } from '@lucid/testing';
import { expect, it } from 'vitest';
import { parse, stringify } from 'yaml';
import { contentLabelsFile, writeContentLabels } from '../../src/engines/compose/content-labels.ts';

const system = {
  services: {
    door: { image: 'a', configs: [{ source: 'door.cfg', target: '/door.cfg' }] },
    keeper: { image: 'b', secrets: ['key', 'password'] },
    idle: { image: 'c' },
  },
  configs: { 'door.cfg': { file: './configs/door.cfg' } },
};

it('a service is another one when what it mounts holds something else, and only then', () => {
  using folder = temporaryFolder('content-labels');
  const dir = join(folder.path, 'rendered');
  const secrets = join(folder.path, 'secrets');
  mkdirSync(join(dir, 'configs'), { recursive: true });
  mkdirSync(secrets);
  writeFileSync(join(dir, 'compose.yaml'), stringify(system));
  const labels = (door: string, password: string): Record<string, string> => {
    writeFileSync(join(dir, 'configs/door.cfg'), door);
    writeFileSync(join(secrets, 'key'), 'k');
    writeFileSync(join(secrets, 'password'), password);
    writeContentLabels(dir, secrets);
    const text = readFileSync(contentLabelsFile(dir), 'utf8');
    expect(text).not.toContain('tr0ub4dor');
    const { services } = parse(text) as { services: Record<string, { labels: Record<string, string> }> };
    return Object.fromEntries(
      Object.entries(services).map(([name, of]) => [name, Object.values(of.labels)[0] ?? '']),
    );
  };
  const before = labels('balance leastconn', 'tr0ub4dor');
  expect(Object.keys(before)).toEqual(['door', 'keeper']);
  expect(labels('balance leastconn', 'tr0ub4dor')).toEqual(before);
  const after = labels('balance source', 'tr0ub4dor');
  expect(after.door).not.toBe(before.door);
  expect(after.keeper).toBe(before.keeper);
  expect(labels('balance source', 'tr0ub4dor 2').keeper).not.toBe(before.keeper);
});
