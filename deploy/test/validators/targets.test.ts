import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { generateSigningKey } from '@lucid/ledger';
import { type TemporaryFolder, temporaryFolder } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { parse, parseAllDocuments } from 'yaml';
import { compareMeaning } from '../../src/cli/compare-meaning.ts';
import { containerHome, prepareContainerHome } from '../../src/engines/containers/container-home.ts';
import { writeMountedSecrets } from '../../src/engines/containers/mounted-secrets.ts';
import { SecretStore } from '../../src/engines/process/secret-store.ts';
import { renderAll } from '../../src/render/all-targets.ts';
import { containerSystem } from '../../src/render/container-system.ts';
import { system } from '../../src/system.ts';
import { composed, MEMBERS } from './support/composed.ts';

const SHARED = 'lucid-blockchain-engine';
const rendered = renderAll(system, ['dev', 'production', 'autoscale'], ['blockchain-engine.validators=4']);
const filesOf = (target: string) =>
  rendered.find((one) => one.profile === 'production' && one.target.name === target)?.rendering.files;

interface Written {
  services: Record<
    string,
    {
      secrets: (string | { source: string })[];
      networks: Record<string, { aliases?: string[] }>;
      volumes: { source: string; target: string }[];
      deploy?: { endpoint_mode?: string };
    }
  >;
}

describe('four validators in the files of a target', () => {
  it.each(rendered.map((one) => [one.profile, one.target.name, one] as const))(
    'mean in %s on %s what the model means',
    (_profile, _target, one) => {
      expect(compareMeaning(one, '/nowhere')).toEqual([]);
    },
  );

  it.each(['compose', 'swarm'])(
    'are found by the shared name on %s, with secrets and volumes of their own',
    (target) => {
      const file = target === 'compose' ? 'compose.yaml' : 'stack.yaml';
      const { services } = parse(filesOf(target)?.get(file) ?? '', { merge: true }) as Written;
      const keys = MEMBERS.map((_, at) =>
        at === 0 ? 'blockchain-validator-key' : `blockchain-validator-key-${at + 1}`,
      );
      const volumes = new Set<string>();
      for (const [at, name] of MEMBERS.entries()) {
        const written = services[name];
        expect(written?.networks['lucid-network']?.aliases).toEqual([SHARED]);
        const mounted =
          written?.secrets.map((secret) => (typeof secret === 'string' ? secret : secret.source)) ?? [];
        expect(mounted.filter((secret) => keys.includes(secret))).toEqual([keys[at]]);
        expect(mounted).toEqual(
          expect.arrayContaining(['lucid-blockchain-validators', 'lucid-blockchain-validator-peers']),
        );
        for (const { source, target: path } of written?.volumes ?? [])
          if (path === '/data/merkle') volumes.add(source);
      }
      expect(volumes.size).toBe(4);
      expect(services[SHARED]).toBeUndefined();
    },
  );

  it('have on Kubernetes one address for strangers, with those that are ready, and one each for peers, ready or not', () => {
    const files = filesOf('kubernetes');
    const [shared] = parseAllDocuments(files?.get('aliases.yaml') ?? '')
      .map((document) => document.toJS() as { metadata: { name: string }; spec: Record<string, unknown> })
      .filter(({ metadata }) => metadata.name === SHARED);
    expect(shared?.spec).toMatchObject({
      clusterIP: 'None',
      selector: { [`lucid.alias/${SHARED}`]: 'true' },
    });
    expect(shared?.spec.publishNotReadyAddresses).toBeUndefined();
    for (const name of MEMBERS) {
      const objects = parseAllDocuments(files?.get(`services/${name}.yaml`) ?? '').map(
        (document) => document.toJS() as { kind: string; metadata: { name: string }; spec: object },
      );
      const own = objects.find(({ kind, metadata }) => kind === 'Service' && metadata.name === name);
      expect(own?.spec).toMatchObject({ clusterIP: 'None', publishNotReadyAddresses: true });
      expect(objects.some(({ kind }) => kind === 'StatefulSet')).toBe(true);
    }
  });
});

describe('what four validators are told of each other', () => {
  let folder: TemporaryFolder;
  beforeAll(() => {
    folder = temporaryFolder('validators');
  });
  afterAll(() => folder.remove());

  it('follows from their secrets: names and public keys, and where each is', () => {
    const store = new SecretStore(folder.path);
    const { secrets } = composed('dev', 4);
    store.ensure(secrets);
    const suffixes = ['', '-2', '-3', '-4'];
    const expected = suffixes.map((suffix) => {
      const seed = Buffer.from(store.read(`blockchain-validator-key${suffix}`), 'hex');
      return {
        validator: store.read(`blockchain-node-id${suffix}`),
        public_key: generateSigningKey(() => seed).publicKey,
      };
    });
    expect(JSON.parse(store.read('lucid-blockchain-validators'))).toEqual(expected);
    expect(JSON.parse(store.read('lucid-blockchain-validator-peers'))).toEqual(
      expected.map(({ validator }, at) => ({
        validator,
        url: `http://${MEMBERS[at]}:8084`,
        service: SHARED,
      })),
    );
    store.ensure(secrets);
    expect(JSON.parse(store.read('lucid-blockchain-validators'))).toEqual(expected); // made once
  });

  it('is the same for containers, whose identities sign by the shared name with a key each', () => {
    const home = containerHome(folder.path, join(folder.path, 'home'), 'compose');
    prepareContainerHome(home);
    const lowered = containerSystem(composed('dev', 4));
    const contents = writeMountedSecrets(lowered, home);
    const { keys } = JSON.parse(contents.get('service-keys.json') ?? '') as {
      keys: { service: string; public_key: string }[];
    };
    const ofEngines = keys.filter(({ service }) => service === SHARED);
    expect(new Set(ofEngines.map(({ public_key }) => public_key)).size).toBe(4);
    const seeds = ['', '-2', '-3', '-4'].map(
      (suffix) => contents.get(`blockchain-validator-key${suffix}`) ?? '?',
    );
    for (const [at, name] of MEMBERS.entries()) {
      const { secrets = [] } = lowered.services.find(({ service }) => service.name === name) ?? {};
      const texts = secrets.map((secret) => readFileSync(join(home.mountedSecretsDir, secret), 'utf8'));
      for (const [other, seed] of seeds.entries())
        expect(texts.some((text) => text.includes(seed))).toBe(other === at);
    }
    expect(readdirSync(home.mountedSecretsDir)).toContain('lucid-blockchain-validator-peers');
  });
});
