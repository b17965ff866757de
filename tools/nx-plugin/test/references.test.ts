import { describe, expect, test } from 'vitest';
import { findReferences } from '../src/references.ts';

describe('findReferences', () => {
  test('sees static, type, side-effect and dynamic imports and re-exports of internal packages', () => {
    const text = [
      "import { a } from '@lucid/merkle';",
      "import type { B } from '@lucid/ledger';",
      "import '@lucid/service';",
      "export * from '@lucid/clock';",
      "const late = await import('@lucid/proof/verify');",
      "import {\n  c,\n} from '@lucid/money';",
    ].join('\n');
    expect(findReferences(text).packages).toEqual(['clock', 'ledger', 'merkle', 'money', 'proof', 'service']);
  });

  test('does not see third-party packages or relative files', () => {
    expect(findReferences("import x from 'fastify'; import y from './lucid/z.ts';").packages).toEqual([]);
  });

  test('sees the folder of a service that a test spawns', () => {
    const text =
      "spawn('node', ['apps/data/embedded-mongodb/src/main.ts']); new URL('../../../deploy/src/cli.ts', here)";
    expect(findReferences(text).folders).toEqual(['apps/data/embedded-mongodb', 'deploy']);
  });
});
