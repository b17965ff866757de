import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import {
  LIMIT_HEADROOM,
  type MemoryFile,
  measuredMemory,
  measuredName,
  memoryProblems,
} from '../../src/model/measured-memory.ts';
import type { Service } from '../../src/model/types.ts';
import { composeSystem } from '../../src/profiles/compose-system.ts';
import { profiles } from '../../src/profiles/index.ts';
import { system } from '../../src/system.ts';

const path = join(import.meta.dirname, '../../measured/memory.json');
const file = JSON.parse(readFileSync(path, 'utf8')) as MemoryFile;
const measured = measuredMemory(file);
const composed = Object.values(profiles).map((profile) => ({
  profile: profile.name,
  services: composeSystem(system, profile).services.filter(({ status }) => status === 'built'),
}));

const changed = (services: readonly Service[], name: string, resources: Partial<Service['resources']>) =>
  services.map((service) =>
    service.name === name ? { ...service, resources: { ...service.resources, ...resources } } : service,
  );

describe.each(composed)('in profile $profile', ({ services }) => {
  test('every limit leaves headroom over what was measured, every reservation holds what is idle', () => {
    expect(memoryProblems(services, file)).toEqual([]);
  });

  test('a limit one MiB below the peak with headroom is refused, for every measured service', () => {
    const known = services.filter((service) => measured.has(measuredName(service)));
    expect(known.length).toBeGreaterThan(8);
    for (const { name, image } of known) {
      const peak = measured.get(measuredName({ image }))?.peak_mib ?? 0;
      const enough = Math.ceil(peak * LIMIT_HEADROOM);
      const withLimit = (memoryMiB: number) =>
        memoryProblems(changed(services, name, { limits: { cpus: 1, memoryMiB } }), file);
      expect(withLimit(enough)).toEqual([]);
      expect(withLimit(enough - 1)).toEqual([
        `${name} may take ${enough - 1} MiB, and took ${peak}: it wants a limit of ${enough}`,
      ]);
    }
  });

  test('a reservation below what an idle service holds is refused', () => {
    const idle = measured.get('api-gateway')?.idle_mib ?? 0;
    const reservations = { cpus: 0.1, memoryMiB: Math.floor(idle) - 1 };
    expect(memoryProblems(changed(services, 'lucid-api-gateway', { reservations }), file)).toEqual([
      `lucid-api-gateway is kept ${reservations.memoryMiB} MiB free, and holds ${idle} when idle`,
    ]);
  });
});

test('every app that is built has been measured, not excused', () => {
  const ours = composed.flatMap(({ services }) => services).filter(({ image }) => image.ours);
  const servers = ours.filter(({ kind }) => kind !== 'job').map(measuredName);
  expect([...new Set(servers)].filter((name) => !measured.has(name))).toEqual([]);
});

test('what nobody has measured or excused is a problem', () => {
  const [{ services } = { services: [] }] = composed;
  const problems = memoryProblems(services, { format: 1, runs: [], unmeasured: {} });
  expect(problems).toHaveLength(services.length);
  expect(problems[0]).toMatch(/nobody has measured the memory of embedded-mongodb/);
});

test('nothing is excused that is measured or that no profile has, and every excuse says why', () => {
  const names = new Set(composed.flatMap(({ services }) => services.map(measuredName)));
  for (const [name, reason] of Object.entries(file.unmeasured)) {
    expect(measured.has(name), name).toBe(false);
    expect(names, name).toContain(name);
    expect(reason.length).toBeGreaterThan(20);
  }
});

test('of two runs the larger numbers count', () => {
  const run = {
    engine: 'process',
    profile: 'dev',
    measured_on: '',
    machine: '',
    node: '',
    load: '',
  } as const;
  const runs = [
    { ...run, images: { one: { idle_mib: 10, peak_mib: 50 } } },
    { ...run, images: { one: { idle_mib: 20, peak_mib: 40 } } },
  ];
  expect(measuredMemory({ runs }).get('one')).toEqual({ idle_mib: 20, peak_mib: 50 });
});

test('every run says on which machine, with which Node, when, and under which load', () => {
  expect(file.runs.length).toBeGreaterThan(0);
  for (const { machine, node, measured_on, load, images } of file.runs) {
    expect(machine).toMatch(/^\d+ cores, \d+ GiB, [a-z]+-[a-z0-9]+$/);
    expect(node).toMatch(/^\d+\.\d+\.\d+$/);
    expect(measured_on).toMatch(/^\d{4}-\d\d-\d\d$/);
    expect(load.length).toBeGreaterThan(10);
    for (const { idle_mib, peak_mib } of Object.values(images)) {
      expect(idle_mib).toBeGreaterThan(0);
      expect(peak_mib).toBeGreaterThanOrEqual(idle_mib);
    }
  }
});
