import { integer, secret } from '@lucid/config';
import { catalogue } from '@lucid/errors';
import { describe, expect, test } from 'vitest';
import { errorCodes } from '../src/checks/error-codes.ts';
import { generatedDocs } from '../src/checks/generated-docs.ts';
import { renderDocs } from '../src/docs/render.ts';
import { memoryWorkspace, type Workspace } from '../src/workspace.ts';
import { reasons } from './support/reasons.ts';

const api = 'apps/sessions/session-api';
const storage = 'apps/sessions/session-storage';
const entry = {
  code: 7001,
  status: 404,
  fault: 'user',
  message: 'No such session.',
  when: 'The id is unknown | foreign.',
} as const;

const config = (service: string, port: number) => ({
  service,
  variables: {
    PORT: integer({ doc: 'Port to listen on.', default: port }),
    ...(port === 8086 ? { DATA_KEY: secret({ doc: 'Seals the files.', required: true }) } : {}),
  },
});
const modules: Record<string, Record<string, unknown>> = {
  [`${api}/src/main.ts`]: {},
  [`${api}/src/errors.ts`]: { errors: catalogue({ SESSION_NOT_FOUND: entry }) },
  [`${api}/src/config.ts`]: { config: config('lucid-session-api', 8087) },
  [`${api}/src/metrics.ts`]: {
    metrics: {
      definitions: { sessions_total: { kind: 'counter', help: 'Sessions made.', labels: ['state'] } },
    },
  },
  [`${storage}/src/main.ts`]: {},
  [`${storage}/src/config.ts`]: { config: config('lucid-session-storage', 8086) },
  'libs/config/src/index.ts': {
    baseVariables: (_service: string, port: number) => ({
      PORT: integer({ doc: 'Port to listen on.', default: port }),
    }),
    meshVariables: () => ({ PEERS: secret({ doc: 'Who may call.' }) }),
    mongoVariables: () => ({}),
  },
  'libs/contracts/src/index.ts': {
    openApi: (contract: object) => ({ openapi: '3.1.0', paths: Object.keys(contract) }),
    sessionApi: { service: 'lucid-session-api', endpoints: {} },
  },
};
const withErrors = (errors: unknown): Workspace =>
  memoryWorkspace(
    {
      [`${api}/src/errors.ts`]:
        'export const errors = catalogue({\n  SESSION_NOT_FOUND: {},\n  SESSION_GONE: {},\n});',
    },
    { ...modules, [`${api}/src/errors.ts`]: { errors } },
  );

describe('the generated pages', () => {
  test('say what the code says', async () => {
    const pages = await renderDocs(memoryWorkspace({}, modules));
    expect([...pages.keys()]).toEqual([
      'docs/errors.md',
      'docs/config.md',
      'docs/metrics.md',
      'docs/api/lucid-session-api.json',
    ]);
    expect(pages.get('docs/errors.md')).toContain(
      '| 7001 | `SESSION_NOT_FOUND` | 404 | user | no | No such session. | The id is unknown \\| foreign. |',
    );
    expect(pages.get('docs/metrics.md')).toContain(
      '| `sessions_total` | counter | `state` | Sessions made. |',
    );
    expect(pages.get('docs/config.md')).toContain('| `PORT` | integer | per service | Port to listen on. |');
    expect(pages.get('docs/config.md')).toContain(
      'Listens on port 8086. Takes the variables of [every service](#every-service).',
    );
    expect(pages.get('docs/config.md')?.match(/`PORT`/g)).toHaveLength(1);
    expect(pages.get('docs/config.md')).toContain(
      '| `DATA_KEY` | secret | **required** | Seals the files. |',
    );
  });
});

describe('the page of what targets cannot say', () => {
  const lost = (service: string) => ({ service, field: 'probe' });
  const rendering = (profile: string, target: string, ...services: string[]) => ({
    profile,
    target: { name: target },
    rendering: { losses: services.map(lost) },
  });
  const deploy = {
    'deploy/src/system.ts': { system: 'drawn' },
    'deploy/src/render/all-targets.ts': {
      renderAll: (system: string) => [
        rendering('dev', 'compose', `${system}-store`),
        rendering('dev', 'swarm'),
        rendering('scale', 'compose', 'edge', 'mesh'),
        rendering('scale', 'swarm', 'edge'),
      ],
    },
    'deploy/src/render/loss-report.ts': {
      lossTable: (byTarget: ReadonlyMap<string, ReadonlyArray<{ service: string }>>) =>
        [...byTarget].map(([target, of]) => `${target}: ${of.map(({ service }) => service)}`).join('\n'),
    },
  };

  test('counts by profile, and hands the losses of all profiles to the report target by target', async () => {
    const pages = await renderDocs(memoryWorkspace({}, deploy));
    const text = pages.get('docs/design/targets.md');
    expect(text).toContain(
      '| profile | compose | swarm |\n| --- | --- | --- |\n| dev | 1 | 0 |\n| scale | 2 | 1 |',
    );
    expect(text).toContain('compose: drawn-store,edge,mesh\nswarm: edge\n');
  });
});

describe('generated-docs', () => {
  const committed = async (): Promise<Record<string, string>> =>
    Object.fromEntries(await renderDocs(memoryWorkspace({}, modules)));

  test('accepts pages that are byte for byte what the code makes', async () => {
    expect(await reasons(generatedDocs, memoryWorkspace(await committed(), modules))).toEqual([]);
  });

  test('finds a page edited by hand, a missing one, and one whose contract is gone', async () => {
    const pages = await committed();
    const edited = { ...pages, 'docs/errors.md': pages['docs/errors.md']?.replace('404', '410') ?? '' };
    expect((await reasons(generatedDocs, memoryWorkspace(edited, modules)))[0]).toMatch(
      /^docs\/errors\.md:\d\d differs/,
    );
    const { 'docs/metrics.md': _gone, ...fewer } = pages;
    expect(await reasons(generatedDocs, memoryWorkspace(fewer, modules))).toEqual([
      'docs/metrics.md:1 missing: generate the docs',
    ]);
    const stale = { ...pages, 'docs/api/lucid-old.json': '{}' };
    expect(await reasons(generatedDocs, memoryWorkspace(stale, modules))).toEqual([
      'docs/api/lucid-old.json:1 no contract makes this file: generate the docs',
    ]);
  });
});

describe('error-codes', () => {
  test('accepts codes of the catalogue’s ranges, each once', async () => {
    const errors = catalogue({ SESSION_NOT_FOUND: entry, SESSION_GONE: { ...entry, code: 7002 } });
    expect(await reasons(errorCodes, withErrors(errors))).toEqual([]);
  });

  test('finds a code used twice, on the line of the second', async () => {
    const errors = catalogue({ SESSION_NOT_FOUND: entry, SESSION_GONE: entry });
    expect(await reasons(errorCodes, withErrors(errors))).toEqual([
      `${api}/src/errors.ts:3 SESSION_GONE: code 7001 is taken by SESSION_NOT_FOUND in ${api}/src/errors.ts`,
    ]);
  });

  test.each([{ code: 6601 }, { code: 70 }, { status: 200 }, { status: 500 }, { when: '' }, { message: ' ' }])(
    'refuses %j',
    async (change) => {
      expect(
        await reasons(errorCodes, withErrors(catalogue({ SESSION_GONE: { ...entry, ...change } }))),
      ).toHaveLength(1);
    },
  );

  test('refuses errors that are not made by catalogue()', async () => {
    await expect(reasons(errorCodes, withErrors({ SESSION_GONE: () => new Error('gone') }))).rejects.toThrow(
      'catalogue()',
    );
  });
});
