import { describe, expect, test } from 'vitest';
import { domainClock } from '../src/checks/domain-clock.ts';
import { domainIo } from '../src/checks/domain-io.ts';
import { forbiddenWordsCheck } from '../src/checks/forbidden-words.ts';
import { processEnv } from '../src/checks/process-env.ts';
import { memoryWorkspace } from '../src/workspace.ts';
import { reasons } from './support/reasons.ts';

const domainFile = 'apps/sessions/session-api/src/domain/rule.ts';
const at = (file: string, text: string) => memoryWorkspace({ [file]: text });

describe('process-env', () => {
  test('accepts the configuration library, launchers, tools, tests, and the words in a comment or string', async () => {
    const files = {
      'libs/config/src/load.ts': 'export const all = process.env;',
      'deploy/src/engines/process/spawn.ts': 'export const all = process.env;',
      'deploy/src/cli.ts': 'export const all = process.env;',
      'tools/cli/src/main.ts': 'export const all = process.env;',
      'libs/mongo/test/mongo.test.ts': 'export const all = process.env;',
      'libs/mongo/src/index.ts': "// process.env is not for us\nexport const hint = 'process.env';",
    };
    expect(await reasons(processEnv, memoryWorkspace(files))).toEqual([]);
  });

  test.each([
    'export const port =\n  process.env.PORT;',
    'export const {\n  PORT } = process.env;',
    "\nexport const port = process.env['PORT'];",
    "\nexport const port = process['env'].PORT;",
    '\nexport const port = globalThis.process.env.PORT;',
    "\nimport { env } from 'node:process'; export const port = env.PORT;",
  ])('finds %j on its line', async (text) => {
    const found = await reasons(processEnv, at('libs/mongo/src/index.ts', text));
    expect(found).toHaveLength(1);
    expect(found[0]).toMatch(/^libs\/mongo\/src\/index\.ts:2 /);
  });

  test('a service is no exception, and neither is the rest of deploy', async () => {
    const text = 'export const all = process.env;';
    expect(await reasons(processEnv, at('apps/sessions/session-api/src/config.ts', text))).toHaveLength(1);
    expect(await reasons(processEnv, at('deploy/src/model/service.ts', text))).toHaveLength(1);
  });
});

describe('domain-clock', () => {
  test('accepts dates made from given values, and anything outside domain/', async () => {
    const text = 'export const iso = (ms: number) => new Date(ms).toISOString();';
    expect(await reasons(domainClock, at(domainFile, text))).toEqual([]);
    expect(
      await reasons(domainClock, at('libs/clock/src/clock.ts', 'export const now = () => Date.now();')),
    ).toEqual([]);
  });

  test.each([
    'Date.now()',
    'new Date()',
    'Math.random()',
    'setTimeout(() => {}, 1)',
    'setInterval(() => {}, 1)',
    'performance.now()',
    'crypto.randomUUID()',
    'globalThis.setTimeout(() => {}, 1)',
  ])('refuses %s', async (expression) => {
    expect(await reasons(domainClock, at(domainFile, `export const value = ${expression};`))).toHaveLength(1);
  });

  test.each([
    "import { randomUUID } from 'node:crypto';",
    "import { setTimeout as wait } from 'node:timers/promises';",
  ])('refuses %s', async (text) => expect(await reasons(domainClock, at(domainFile, text))).toHaveLength(1));
});

describe('domain-io', () => {
  test('accepts pure modules, its own neighbours, and types from anywhere', async () => {
    const text = [
      "import { createHash } from 'node:crypto';",
      "import { zstdCompressSync } from 'node:zlib';",
      "import type { Logger } from 'pino';",
      "import { type Collection } from 'mongodb';",
      "import { other } from './other.ts';",
      "import { errors } from '../errors.ts';",
      "import { merkleRootOf } from '@lucid/merkle';",
    ].join('\n');
    expect(await reasons(domainIo, at(domainFile, text))).toEqual([]);
  });

  test.each([
    "import { readFile } from 'node:fs/promises';",
    "import net from 'node:net';",
    "import { MongoClient } from 'mongodb';",
    "import fastify from 'fastify';",
    "import { openMongo } from '@lucid/mongo';",
    "import { Sessions } from '../adapters/sessions.ts';",
    "import { config } from '../../src/config.ts';",
    "export { request } from 'undici';",
    "export const late = () => import('node:http');",
  ])('refuses %s', async (text) => {
    expect(await reasons(domainIo, at(domainFile, text))).toHaveLength(1);
  });

  test('holds for a whole domain library, and for no other', async () => {
    const text = "import { readFileSync } from 'node:fs';";
    expect(await reasons(domainIo, at('libs/merkle/src/tree.ts', text))).toHaveLength(1);
    expect(await reasons(domainIo, at('libs/config/src/load.ts', text))).toEqual([]);
  });
});

describe('forbidden-words', () => {
  test('accepts a labelled loose end, a reasoned exception, and prose', async () => {
    const text = [
      '// TODO(#12): drop when Node 26 is the oldest we run on',
      '// @ts-expect-error the types of this version lack the option',
      '// as any reader will see',
      "test.skipIf(process.platform === 'darwin')('needs loopback addresses', () => {});",
    ].join('\n');
    expect(await reasons(forbiddenWordsCheck, at('libs/a/test/a.test.ts', text))).toEqual([]);
  });

  test.each([
    '// TODO later',
    '// FIXME',
    '// @ts-ignore',
    '// @ts-nocheck',
    '// @ts-expect-error',
    'const x = y as any;',
    'call(x as any)',
    "test.only('one', () => {});",
    "describe.sequential.only('one', () => {});",
    "test.skip('one', () => {});",
    '  debugger;',
    '<<<<<<< HEAD',
  ])('refuses %j', async (line) => {
    const found = await reasons(
      forbiddenWordsCheck,
      at('libs/a/test/a.test.ts', `const first = 1;\n${line}\n`),
    );
    expect(found).toHaveLength(1);
    expect(found[0]).toContain('libs/a/test/a.test.ts:2 ');
  });
});
