import { expect, test } from 'vitest';
import { completePackages } from '../src/complete-lock.ts';

test('adds an entry for each platform package that is missing, and nothing else', () => {
  const packages = {
    '': {},
    'node_modules/tool': {
      dev: true,
      optionalDependencies: {
        '@tool/linux-x64-musl': '1.0.0',
        '@tool/darwin-arm64': '1.0.0',
        fsevents: '2.0.0',
      },
    },
    'node_modules/@tool/darwin-arm64': { version: '1.0.0', os: ['darwin'] },
  };
  const completed = completePackages(packages);
  expect(Object.keys(completed)).toEqual([
    '',
    'node_modules/@tool/darwin-arm64',
    'node_modules/@tool/linux-x64-musl',
    'node_modules/tool',
  ]);
  expect(completed['node_modules/@tool/linux-x64-musl']).toEqual({
    version: '1.0.0',
    dev: true,
    optional: true,
    cpu: ['x64'],
    libc: ['musl'],
    os: ['linux'],
  });
  expect(completePackages(completed)).toEqual(completed);
});
