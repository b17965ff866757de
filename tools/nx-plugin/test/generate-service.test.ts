import { createTree } from '@nx/devkit/testing';
import { expect, test } from 'vitest';
import generateService, { insertExport } from '../src/generators/service/generator.ts';
import { namesOf } from '../src/generators/service/names.ts';

const options = { name: 'session-replay', cluster: 'sessions', port: 8099 };
const treeWithContracts = () => {
  const tree = createTree();
  tree.write(
    'libs/contracts/src/index.ts',
    "export * from './session-api.ts';\nexport * from './session-storage.ts';\n",
  );
  return tree;
};

test('writes the whole mould and the contract, and nothing else', () => {
  const tree = treeWithContracts();
  generateService(tree, options);
  expect(tree.listChanges().map(({ path }) => path)).toEqual(
    expect.arrayContaining([
      'apps/sessions/session-replay/README.md',
      'apps/sessions/session-replay/src/main.ts',
      'apps/sessions/session-replay/test/app.test.ts',
      'libs/contracts/src/session-replay.ts',
    ]),
  );
  const written = tree.listChanges().filter(({ path }) => path !== '.prettierrc'); // the empty tree comes with it
  const roots = new Set(written.map(({ path }) => path.split('/').slice(0, 2).join('/')));
  expect([...roots].sort()).toEqual(['apps/sessions', 'libs/contracts']);
});

test('refuses to write over a service', () => {
  const tree = treeWithContracts();
  generateService(tree, options);
  expect(() => generateService(tree, options)).toThrow('apps/sessions/session-replay exists already');
});

test('exports the contract in its alphabetical place, also among statements of several lines', () => {
  const door = "export {\n  a,\n} from './auth-service.ts';\nexport * from './session-storage.ts';\n";
  expect(insertExport(door, 'session-replay')).toBe(
    "export {\n  a,\n} from './auth-service.ts';\nexport * from './session-replay.ts';\nexport * from './session-storage.ts';\n",
  );
  expect(insertExport(door, 'tron-client').endsWith("export * from './tron-client.ts';\n")).toBe(true);
});

test('knows the forms of a name', () => {
  expect(namesOf('session-replay')).toEqual({
    name: 'session-replay',
    dnsName: 'lucid-session-replay',
    camel: 'sessionReplay',
    pascal: 'SessionReplay',
    snake: 'session_replay',
    title: 'Session replay',
  });
});
