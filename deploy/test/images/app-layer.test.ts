import { describe, expect, test } from 'vitest';
import { appLayer } from '../../src/images/app-layer.ts';
import { drawnServices } from '../../src/images/drawn-services.ts';
import { imageNames, imageReference, latestReference } from '../../src/images/names.ts';
import { imageSubject } from '../../src/images/subject.ts';

const drawn = drawnServices();
const files = { bundle: Buffer.from('bundle'), launcher: { 'start.mjs': Buffer.from('start') } };

describe('what the model says of an app', () => {
  test('a service has its name, ports and mount points', () => {
    expect(imageSubject(drawn, 'apps/data/embedded-mongodb')).toEqual({
      app: 'apps/data/embedded-mongodb',
      short: 'embedded-mongodb',
      title: 'lucid-mongodb',
      kind: 'service',
      ports: [27017, 27018],
      defaults: { SERVICE_NAME: 'lucid-mongodb', PORT: '27017', HEALTH_PORT: '27018' },
      mountPoints: ['/data/db'],
    });
  });

  test('an app that only ever runs as jobs is a job, with no port to ask for its health', () => {
    const { kind, ports, defaults } = imageSubject(drawn, 'apps/data/data-init');
    expect({ kind, ports, defaults }).toEqual({
      kind: 'job',
      ports: [],
      defaults: { SERVICE_NAME: 'lucid-data-init' },
    });
  });

  test('an app that nobody has drawn yet is a service that is told its port', () => {
    const { title, kind, ports, mountPoints } = imageSubject(drawn, 'apps/ops/newcomer');
    expect({ title, kind, ports, mountPoints }).toEqual({
      title: 'lucid-newcomer',
      kind: 'service',
      ports: [],
      mountPoints: [],
    });
  });
});

describe('the layer of an app', () => {
  const layer = appLayer(imageSubject(drawn, 'apps/sessions/session-recorder'), files);
  const named = (path: string) => layer.find((entry) => entry.path === path);

  test('holds code that the user of the image can read and not change', () => {
    const code = layer.filter(({ path }) => path === 'app' || path.startsWith('app/'));
    expect(code.map(({ path }) => path).toSorted()).toEqual([
      'app',
      'app/main.js',
      'app/package.json',
      'app/service.json',
      'app/start.mjs',
    ]);
    expect(code.every(({ owner, mode }) => owner === 0 && (mode & 0o022) === 0)).toBe(true);
  });

  test('holds the folders of its volumes, owned by the user of the image and closed to others', () => {
    expect(named('data')).toMatchObject({ kind: 'directory', owner: 65534 });
    expect(named('data/sessions')).toMatchObject({ kind: 'directory', owner: 65534, mode: 0o700 });
  });

  test('touches nothing else of the base', () => {
    expect([...new Set(layer.map(({ path }) => path.split('/')[0]))].toSorted()).toEqual(['app', 'data']);
  });
});

describe('names', () => {
  test('are those of the model and the workspace, unless the environment says otherwise', () => {
    const usual = imageNames({}, '0.1.0');
    expect(imageReference(usual, 'api-gateway')).toBe('ghcr.io/hamigames/lucid/api-gateway:0.1.0');
    expect(latestReference(usual, 'api-gateway')).toBe('ghcr.io/hamigames/lucid/api-gateway:latest');
    const own = imageNames({ LUCID_REGISTRY: 'localhost:5000/', LUCID_VERSION: '7' }, '0.1.0');
    expect(imageReference(own, 'api-gateway')).toBe('localhost:5000/api-gateway:7');
  });
});
