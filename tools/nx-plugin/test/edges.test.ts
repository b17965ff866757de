import { describe, expect, test } from 'vitest';
import { rawEdges } from '../src/edges.ts';

const known = [
  { project: '@lucid/merkle', root: 'libs/merkle' },
  { project: '@lucid/session-api', root: 'apps/sessions/session-api' },
];

describe('rawEdges', () => {
  test('draws one edge from a file to each project it refers to', () => {
    const file = 'apps/sessions/session-api/src/app.ts';
    const scanned = { project: '@lucid/session-api', file, packages: ['merkle'], folders: ['libs/merkle'] };
    expect(rawEdges(known, [scanned])).toEqual([
      { source: '@lucid/session-api', target: '@lucid/merkle', sourceFile: file, type: 'static' },
    ]);
  });

  test('draws none to itself and none to what does not exist', () => {
    const scanned = {
      project: '@lucid/merkle',
      file: 'libs/merkle/src/a.ts',
      packages: ['merkle', 'gone'],
      folders: [],
    };
    expect(rawEdges(known, [scanned])).toEqual([]);
  });
});
