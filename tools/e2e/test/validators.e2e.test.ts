import { Resolver } from 'node:dns/promises';
import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { ProofBundle } from '@lucid/proof';
import { eventually } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { MIB, mixedBytes, writeMaterialFile } from '../src/material.ts';
import { lucid, Person } from '../src/person.ts';
import { RecordingJob } from '../src/recording-job.ts';
import { LucidSystem } from '../src/system.ts';
import { environmentOf, holdDown, keptHash, validatorName, validatorOf } from '../src/validators.ts';

const NUMBERS = [1, 2, 3, 4];
/** The one that dies is the one that everything was before there were several. */
const VICTIM = 1;
const DATABASES = ['lucid_blocks', 'lucid_blocks_2', 'lucid_blocks_3', 'lucid_blocks_4'];
const QUORUM = 3;

interface Listed {
  validator: string;
  public_key: string;
}

describe('a chain of four validators, started by one command', () => {
  let system: LucidSystem;
  let ada: Person;
  let listed: Listed[];

  const inFolder = (name: string) => join(system.folder.path, name);
  const secretIn = (path: string | undefined) => readFileSync(path ?? '', 'utf8').trim();
  const environments = async () =>
    (await Promise.all(NUMBERS.map((number) => validatorOf(system, number)))).map(environmentOf);

  async function demo(name: string) {
    const args = ['demo', '--url', system.url, '--json'];
    const { code, out, err } = await lucid(inFolder(`${name}.json`), args);
    expect({ code, err }).toEqual({ code: 0, err: '' });
    return JSON.parse(out) as { verified: boolean; tampering_noticed_at: string };
  }

  async function provenBlock(sessionId: string) {
    const folder = inFolder(sessionId);
    mkdirSync(folder, { recursive: true });
    const { bundle } = await ada.fetchAll(sessionId, folder);
    const { block } = JSON.parse(readFileSync(bundle, 'utf8')) as ProofBundle;
    const signers = block.certificate?.votes.map(({ validator }) => validator) ?? [];
    return { height: block.header.height, hash: block.hash, signers };
  }

  beforeAll(async () => {
    system = await LucidSystem.start('validators', {
      set: ['blockchain-engine.validators=4'],
      env: ['blockchain-engine:BLOCK_TIME_SECONDS=2', 'session-pipeline:LIVE_ANCHOR_SECONDS=2'],
    });
    ada = await Person.join(system, 'ada');
    listed = JSON.parse(system.secret('lucid-blockchain-validators')) as Listed[];
  });
  afterAll(() => system?.end());

  it('gives each a key, a name, a database and a folder of its own, and all of them the same list', async () => {
    const given = await environments();
    const own = ['BLOCKCHAIN_VALIDATOR_KEY_FILE', 'BLOCKCHAIN_NODE_ID_FILE', 'MONGODB_URI_FILE', 'DATA_DIR'];
    for (const variable of own)
      expect(new Set(given.map((environment) => environment.get(variable))).size, variable).toBe(4);
    const keys = given.map((environment) => secretIn(environment.get('BLOCKCHAIN_VALIDATOR_KEY_FILE')));
    expect(new Set(keys).size).toBe(4);
    for (const [at, environment] of given.entries()) {
      expect(environment.get('SERVICE_NAME')).toBe('lucid-blockchain-engine');
      expect(environment.get('BLOCK_TIME_SECONDS')).toBe('2');
      expect(secretIn(environment.get('BOOTSTRAP_VALIDATORS_FILE'))).toBe(JSON.stringify(listed));
      expect(listed[at]?.validator).toBe(secretIn(environment.get('BLOCKCHAIN_NODE_ID_FILE')));
      const readable = [...environment].map(([name, value]) =>
        name.endsWith('_FILE') && value.startsWith(system.home) ? secretIn(value) : value,
      );
      for (const key of keys.filter((_, other) => other !== at))
        expect(readable.some((text) => text.includes(key))).toBe(false);
    }
  });

  it('leads callers to all of them by the one name they know', async () => {
    const { dns = '' } = await system.status();
    const resolver = new Resolver({ timeout: 1000, tries: 3 });
    resolver.setServers([dns]);
    const places = (await Promise.all(NUMBERS.map((number) => validatorOf(system, number)))).map(
      ({ address }) => address.split(':')[0],
    );
    expect((await resolver.resolve4('lucid-blockchain-engine')).toSorted()).toEqual(places.toSorted());
  });

  it('confirms a recording by more than two thirds of them', async () => {
    expect(await demo('newcomer')).toMatchObject({ verified: true });
  });

  it('anchors a recording during which one of them dies for good, and the certificate names the others', async () => {
    const dead = listed[VICTIM - 1]?.validator;
    const material = await writeMaterialFile(inFolder('desktop.mkv'), mixedBytes(8 * MIB, 7));
    const killed = Promise.withResolvers<() => Promise<void>>();
    const job = new RecordingJob(ada, material, { pieceMs: 100, lastPiece: killed.promise });
    const recording = job.run();
    await eventually('bytes arrive', () => job.phase === 'uploading', { timeoutMs: 30_000 });
    const release = await holdDown(system, VICTIM);
    try {
      killed.resolve(release);
      await recording;
      const block = await provenBlock(job.sessionId);
      expect(block.signers.length).toBeGreaterThanOrEqual(QUORUM);
      expect(block.signers).not.toContain(dead);
      expect(listed.map(({ validator }) => validator)).toEqual(expect.arrayContaining(block.signers));
      expect(await demo('latecomer')).toMatchObject({ verified: true });
    } finally {
      await release();
    }
    await system.allReady();
  });

  it('brings the one that was away to the same chain as the others', async () => {
    const { session_id } = await ada.record(inFolder('desktop.mkv'));
    const { height, hash } = await eventually('the proof', () => provenBlock(session_id), {
      timeoutMs: 30_000,
    });
    for (const database of DATABASES)
      expect(
        await eventually(`${database} has it`, () => keptHash(system, database, height), {
          timeoutMs: 30_000,
        }),
      ).toBe(hash);
  });

  it('tells who asks for replicas of it that this is something else', async () => {
    const { code, err } = await system.deploy('scale', 'blockchain-engine=5');
    expect(code).toBe(2);
    expect(err).toContain('--set blockchain-engine.validators=n');
    expect((await system.instancesOf(validatorName(4))).length).toBe(1);
  });
});
