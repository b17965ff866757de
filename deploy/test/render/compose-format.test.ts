// What Compose and Swarm files have in common: variables, health commands, shares of ranges, who reaches whom.
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { execa } from 'execa';
import fc from 'fast-check';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Image, images, ownImage } from '../../src/model/images.ts';
import type { ProbeCheck } from '../../src/model/probe.ts';
import { PROBE_TIMING } from '../../src/model/probe.ts';
import type { PublishedPort } from '../../src/model/types.ts';
import { composeSystem } from '../../src/profiles/compose-system.ts';
import { profiles } from '../../src/profiles/index.ts';
import { compose } from '../../src/render/compose/index.ts';
import { checkOf, healthTest } from '../../src/render/compose-format/health-test.ts';
import {
  literally,
  variable,
  variablesIn,
  withFallbacks,
} from '../../src/render/compose-format/interpolation.ts';
import { joinedRanges, sliceOf } from '../../src/render/compose-format/published-ports.ts';
import { containerSystem } from '../../src/render/container-system.ts';
import type { Target } from '../../src/render/renderer.ts';
import { swarm } from '../../src/render/swarm/index.ts';
import { system } from '../../src/system.ts';
import { fixture } from './compose-fixture.ts';
import { fixtureWith } from './compose-support.ts';

const targets: readonly Target[] = [compose, swarm];
const everyProfile = Object.values(profiles).map(
  (profile) => [profile.name, composeSystem(system, profile)] as const,
);

describe('texts in files that have variables', () => {
  it('come back as they were, whatever is in them', () => {
    const texts = fc.array(fc.oneof(fc.string(), fc.stringMatching(/^[${}:A-Z-]{0,12}$/)));
    fc.assert(
      fc.property(texts, (some) => {
        expect(withFallbacks(literally(some))).toEqual(some);
      }),
    );
  });

  it('survive a whole rendering in commands and variables, in both targets', () => {
    const odd = fc.array(
      fc.oneof(fc.string({ minLength: 1 }), fc.stringMatching(/^[${}"' #:&*!|>%@`A-Z\\-]{1,12}$/)),
      {
        minLength: 1,
      },
    );
    fc.assert(
      fc.property(odd, (words) => {
        const env = Object.fromEntries(words.map((word, at) => [`V_${at}`, word]));
        const { services: all, ...rest } = fixtureWith('sample-unasked', { command: words, env });
        const alone = { ...rest, services: all.filter(({ name }) => name === 'sample-unasked') };
        for (const target of targets) {
          const { services } = target.parse(target.render(alone, { profile: 'dev' }).files);
          expect(services).toMatchObject([{ command: words, env }]);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('name each variable once, with one default', () => {
    const texts = [variable('A_B', 'x:1'), `$$${variable('C', '')}`, `$$${'{D:-no}'}`];
    expect([...variablesIn(texts)]).toEqual([
      ['A_B', 'x:1'],
      ['C', ''],
    ]);
    expect(() => variablesIn([variable('A', '1'), variable('A', '2')])).toThrow(
      /falls back to 1 here and to 2 there/,
    );
    expect(() => variable('a-b', '1')).toThrow(/is no variable/);
    expect(() => variable('A', '}')).toThrow(/is no variable/);
  });
});

describe('no file of any profile', () => {
  const values = (text: string) => [...text.matchAll(/^ +([A-Z][A-Z0-9_]*): (.*)$/gm)];

  it.each(everyProfile)('has a secret in it: %s', (name, composed) => {
    for (const target of targets)
      for (const [path, text] of target.render(composed, { profile: name }).files) {
        expect(text, path).not.toMatch(/:\/\/[^\s/:@]*:[^\s/@$]+@/);
        const bare = values(text).filter(
          ([, variableName = '', value = '']) =>
            /(PASSWORD|SECRET|TOKEN|_KEY|_KEK)$/.test(variableName) && value !== '""',
        );
        expect(
          bare.map(([line]) => line),
          path,
        ).toEqual([]);
      }
  });

  it.each(everyProfile)(
    'lets anybody reach the wallets but those on a network of theirs: %s',
    (name, composed) => {
      const plane = new Map(composed.services.map((service) => [service.name, service.plane]));
      for (const target of targets) {
        const { edges } = target.parse(target.render(composed, { profile: name }).files);
        const into = edges
          .map((edge) => edge.split(' -> '))
          .filter(([from = '', to = '']) => plane.get(from) !== 'wallet' && plane.get(to) === 'wallet');
        expect(new Set(into.map(([, to]) => to)), target.name).toEqual(new Set(['lucid-payment-gateway']));
      }
    },
  );
});

describe('a range of ports', () => {
  it('is shared out to the last one, in nearly equal parts, and is whole again when read', () => {
    const range: PublishedPort = {
      host: '0.0.0.0',
      port: 13_389,
      lastPort: 14_389,
      target: 3_389,
      protocol: 'tcp',
    };
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 1001 }), (replicas) => {
        const slices = Array.from({ length: replicas }, (_, at) => sliceOf(range, at + 1, replicas));
        const lengths = slices.map(({ port, lastPort }) => lastPort - port + 1);
        expect(Math.max(...lengths) - Math.min(...lengths)).toBeLessThanOrEqual(1);
        expect(joinedRanges(slices.toReversed())).toEqual([range]);
      }),
    );
  });
});

describe('a health command', () => {
  let server: Server;
  let port = 0;
  beforeAll(async () => {
    server = createServer((request, response) =>
      response.writeHead(request.url === '/ok?x=1' ? 200 : 503).end(),
    );
    await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
    port = (server.address() as AddressInfo).port;
  });
  afterAll(() => new Promise((closed) => server.close(closed)));

  const image = (...programs: string[]): Image => ({ ...images.mongo, programs });
  const own = ownImage('sample');
  const testOf = (of: Image, check: ProbeCheck): string[] => {
    const [first] = containerSystem(fixture).services;
    if (!first) throw new Error('the fixture is empty');
    const service = { ...first.service, image: of, probe: { ...PROBE_TIMING, check } };
    return healthTest({ ...first, service, environment: { PORT: '8080' } }) ?? [];
  };
  /** Runs it as Docker would, with this machine's node in the place of the image's. */
  const exitCode = async (test: readonly string[]): Promise<number | undefined> => {
    const [program = '', ...args] = test.slice(1);
    const there = program === '/nodejs/bin/node' ? process.execPath : program;
    return (await execa(there, args, { reject: false })).exitCode;
  };

  it.each([
    ['curl', image('curl')],
    ['wget', image('wget')],
    ['bash', image('bash')],
    ['node', own],
  ])('tells a good answer from a bad one and from none, asked by %s', async (program, of) => {
    const at = (path: string, where = port): ProbeCheck => ({ kind: 'http', path, port: where });
    const test = testOf(of, at('/ok?x=1'));
    expect(test.join(' ')).toContain(program);
    expect(checkOf(test, {})).toBe(`GET :${port}/ok?x=1`);
    expect(await exitCode(test)).toBe(0);
    expect(await exitCode(testOf(of, at('/bad')))).not.toBe(0);
    expect(await exitCode(testOf(of, at('/ok?x=1', await closedPort())))).not.toBe(0);
  });

  it.each([
    ['bash', image('bash')],
    ['node', own],
  ])('tells a port that listens from one that does not, asked by %s', async (_program, of) => {
    const test = testOf(of, { kind: 'tcp', port });
    expect(checkOf(test, {})).toBe(`TCP :${port}`);
    expect(await exitCode(test)).toBe(0);
    expect(await exitCode(testOf(of, { kind: 'tcp', port: await closedPort() }))).not.toBe(0);
  });

  it('of our own images is the one they bring, where it asks the same', () => {
    const ready: ProbeCheck = { kind: 'http', path: '/health/ready', port: 8080 };
    expect(testOf(own, ready)).toEqual(['CMD', '/nodejs/bin/node', '/app/healthcheck.mjs']);
    expect(checkOf(testOf(own, ready), { PORT: '8080' })).toBe('GET :8080/health/ready');
    expect(checkOf(testOf(own, ready), { PORT: '8080', HEALTH_PORT: '9' })).toBe('GET :9/health/ready');
    expect(testOf(own, { ...ready, port: 8081 })).toContain('-e');
  });

  it('uses no program the image does not have', () => {
    expect(testOf(image('sh'), { kind: 'tcp', port: 1 })).toEqual([]);
    expect(testOf(image('wget'), { kind: 'command', command: ['curl', 'x'] })).toEqual([]);
    expect(testOf(image('sh'), { kind: 'command', command: ['sh', '-c', 'true'] })).toEqual([
      'CMD',
      'sh',
      '-c',
      'true',
    ]);
  });
});

/** A port that was free a moment ago. */
async function closedPort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const { port } = server.address() as AddressInfo;
  await new Promise((closed) => server.close(closed));
  return port;
}
