/** Builds real images and runs them as deployments do, on whatever Docker engine answers. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { join } from 'node:path';
import { temporaryFolder } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest';
import { prepareArtifacts } from '../../src/engines/process/artifacts.ts';
import type { BuiltImage } from '../../src/images/build-image.ts';
import { buildImages } from '../../src/images/build-images.ts';
import { drawnServices } from '../../src/images/drawn-services.ts';
import { system } from '../../src/system.ts';
import { whyNoEngine } from './support/engine-or-reason.ts';
import { docker, Playground } from './support/playground.ts';

vi.setConfig({ testTimeout: 90_000, hookTimeout: 300_000 });

const root = join(import.meta.dirname, '../../..');
const apps = ['apps/data/embedded-mongodb', 'apps/identity/auth-service'];
const QUICK_HEALTH = ['--health-interval=1s', '--health-start-period=0s'];
const NODE = '/nodejs/bin/node';

const reason = await whyNoEngine();

describe.skipIf(reason !== undefined)(`an image on a real engine (${reason ?? 'it answers'})`, () => {
  const password = randomBytes(24).toString('base64url');
  let ground: Playground;
  let built: BuiltImage[];
  let mongodb = '';

  const build = async (cache: boolean) => {
    const images = await buildImages({
      root,
      services: drawnServices(),
      apps,
      environment: { ...process.env, LUCID_REGISTRY: ground.name },
      cache,
      push: false,
      tell: (line) => console.log(line),
    });
    ground.owns(...images.map(({ image }) => image.id));
    return images;
  };
  const imageOf = (short: string): string => {
    const found = built.find(({ app }) => app.endsWith(`/${short}`));
    if (!found) throw new Error(`no image of ${short}`);
    return found.reference;
  };

  beforeAll(async () => {
    ground = await new Playground().open();
    using logs = temporaryFolder('images-build');
    const services = system.services.filter(({ app }) => app !== undefined && apps.includes(app));
    const logFile = join(logs.path, 'build.log');
    await prepareArtifacts({ ...system, services }, { root, source: false, build: true, logFile }, () => {});
    built = await build(true);
    mongodb = await ground.start(imageOf('embedded-mongodb'), 'lucid-mongodb', [
      ...QUICK_HEALTH,
      ...ground.secret('MONGO_INITDB_ROOT_PASSWORD', password),
      '--env=MONGO_INITDB_ROOT_USERNAME=lucid',
      '--env=NODE_OPTIONS=--max-old-space-size=256',
      ground.volume('/data/db'),
    ]);
    await ground.healthy(mongodb);
  });
  afterAll(() => ground?.remove());

  test('is made of equal layers when it is built twice, from nothing each time', async () => {
    const first = await build(false);
    const second = await build(false);
    expect(first.map(({ outcome }) => outcome)).toEqual(['built', 'built']);
    expect(second.map(({ image }) => image.layers)).toEqual(first.map(({ image }) => image.layers));
    expect(second.map(({ image }) => image.layers)).toEqual(built.map(({ image }) => image.layers));
    expect(second.every(({ image, base }) => image.layers.length > base.layers.length)).toBe(true);
    expect((await build(true)).map(({ outcome }) => outcome)).toEqual(['unchanged', 'unchanged']);
  });

  test('says what it is in its labels', async () => {
    const { stdout } = await docker('inspect', '--format', '{{json .Config}}', imageOf('embedded-mongodb'));
    const { Labels, User, ExposedPorts } = JSON.parse(stdout);
    expect(User).toBe('65534:65534');
    expect(Object.keys(ExposedPorts)).toEqual(['27017/tcp', '27018/tcp']);
    expect(Labels).toMatchObject({
      'org.opencontainers.image.title': 'lucid-mongodb',
      'org.opencontainers.image.version': expect.stringMatching(/^\d+\.\d+\.\d+/),
      'org.opencontainers.image.revision': expect.stringMatching(/^([0-9a-f]{40}(-dirty)?|unknown)$/),
      'org.opencontainers.image.source': 'https://github.com/hamigames/lucid',
    });
  });

  test('runs as the user without rights, writes its volumes and /tmp and nothing else', async () => {
    const look = `
      const { statSync, writeFileSync } = require('node:fs');
      const attempt = (path) => { try { writeFileSync(path, ''); return 'written'; } catch ({ code }) { return code; } };
      const { uid, gid } = statSync('/data/db');
      console.log(JSON.stringify([process.getuid(), process.getgid(), uid, gid, ...['/data/db/x', '/tmp/x', '/app/x', '/data/x'].map(attempt)]));`;
    const { stdout } = await docker('exec', mongodb, NODE, '-e', look);
    expect(JSON.parse(stdout)).toEqual([65534, 65534, 65534, 65534, 'written', 'written', 'EROFS', 'EROFS']);
  });

  test('has no shell', async () => {
    for (const shell of ['sh', 'bash', '/bin/sh', '/bin/busybox']) {
      const { exitCode, stdout, stderr } = await docker('exec', mongodb, shell, '-c', 'echo in');
      expect([126, 127]).toContain(exitCode);
      expect(`${stdout}${stderr}`).toMatch(/not found|no such file/);
    }
  });

  test('is found unhealthy by its own health check when nothing answers on the port', async () => {
    const good = await docker('exec', mongodb, NODE, '/app/healthcheck.mjs');
    expect([good.exitCode, good.stdout]).toEqual([0, '/health/ready: 200']);
    const bad = await docker('exec', '--env=HEALTH_PORT=1', mongodb, NODE, '/app/healthcheck.mjs');
    expect([bad.exitCode, bad.stdout]).toEqual([1, 'no answer: connect ECONNREFUSED 127.0.0.1:1']);
  });

  test('finds its store by name, knows its own address, and drains on SIGTERM with exit code 0', async () => {
    const key = generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString();
    const { stdout: subnet } = await docker(
      'network',
      'inspect',
      '--format',
      '{{(index .IPAM.Config 0).Subnet}}',
      ground.name,
    );
    const auth = await ground.start(imageOf('auth-service'), 'lucid-auth-service', [
      ...QUICK_HEALTH,
      ...ground.secret(
        'MONGODB_URI',
        `mongodb://lucid:${password}@lucid-mongodb:27017/lucid?authSource=admin`,
      ),
      ...ground.secret('JWT_SECRET', randomBytes(48).toString('base64url')),
      ...ground.secret('MFA_SECRET', randomBytes(24).toString('base64url')),
      ...ground.secret('SERVICE_PRIVATE_KEY', key),
      ...ground.secret('SERVICE_KEYS', '{"keys":[]}').slice(0, 1),
      '--env=SERVICE_KEYS_FILE=/run/secrets/SERVICE_KEYS',
      `--env=ADVERTISED_NETWORK=${subnet}`,
    ]);
    await ground.healthy(auth);
    const { stdout: own } = await docker(
      'inspect',
      '--format',
      `{{.Config.Hostname}} {{(index .NetworkSettings.Networks "${ground.name}").IPAddress}}`,
      auth,
    );
    const [hostname, address] = own.split(' ');

    await docker('stop', '--time=30', auth);
    const { stdout: code } = await docker('inspect', '--format', '{{.State.ExitCode}}', auth);
    const { stdout: log } = await docker('logs', auth);
    expect(code).toBe('0');
    const lines = log.split('\n').map((line) => JSON.parse(line));
    expect(lines).toContainEqual(
      expect.objectContaining({
        msg: 'started',
        instance: `lucid-auth-service-${hostname}`,
        address: `${address}:8089`,
      }),
    );
    expect(lines).toContainEqual(expect.objectContaining({ msg: 'stopping', signal: 'SIGTERM' }));
  });

  test('refuses to start without an address in its network, with one line and exit code 78', async () => {
    const { exitCode, stderr } = await docker(
      'run',
      '--rm',
      '--env=ADVERTISED_NETWORK=192.0.2.0/24',
      imageOf('auth-service'),
    );
    expect(exitCode).toBe(78);
    expect(stderr).toMatch(
      /^lucid-auth-service: no address to advertise: .* none in ADVERTISED_NETWORK 192\.0\.2\.0\/24$/,
    );
  });
});
