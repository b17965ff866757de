import { canonicalHash, signHash, signingKeyFromSeed, ZERO_HASH } from '@lucid/ledger';
import { manifestRoot } from '@lucid/manifest';
import { describe, expect, it } from 'vitest';
import { type AnchoringRequest, newAnchoring } from '../src/domain/anchoring-document.ts';
import { transactionOf } from '../src/domain/delivery.ts';
import { meaningOf } from '../src/domain/engine-codes.ts';
import { judgeManifest } from '../src/domain/judge-manifest.ts';
import { judgeProof } from '../src/domain/judge-proof.ts';
import { faultOfSignatures } from '../src/domain/judge-request.ts';
import { anchorData, signSaying } from '../src/domain/sayings.ts';
import { aManifest } from './a-manifest.ts';
import { aProof } from './a-proof.ts';
import { anchoringKey, requestMaker } from './support.ts';

const NOW_MS = Date.UTC(2026, 0, 2);
const strangerKey = signingKeyFromSeed('05'.repeat(32));
const make = requestMaker('judgements');
const origin = { anchoring_id: 'a', checkpoint_count: 0, nowMs: NOW_MS, gatherMs: 0 };

describe('a request to anchor', () => {
  const request = make.request();
  const statement = ({ session_id, merkle_root, manifest_hash }: AnchoringRequest) =>
    canonicalHash({ session_id, merkle_root, manifest_hash });
  const { manifest_signature: _dropped, ...unsigned } = request;

  it('is authorised by the signature of the manifest, or by one of the user, which decides alone', () => {
    expect(faultOfSignatures(request)).toBeUndefined();
    const user_public_key = strangerKey.publicKey;
    const user_signature = signHash(statement(request), strangerKey);
    expect(faultOfSignatures({ ...unsigned, user_signature, user_public_key })).toBeUndefined();
    const wrong = signHash(request.manifest_hash, strangerKey);
    expect(faultOfSignatures({ ...request, user_signature: wrong, user_public_key })).toMatch(
      'user_signature',
    );
  });

  it('is not without one, under another’s, or with half of the user’s', () => {
    expect(faultOfSignatures(unsigned)).toMatch('neither');
    const manifest_signature = signHash(request.manifest_hash, strangerKey);
    expect(faultOfSignatures({ ...request, manifest_signature })).toMatch('manifest_signature is not that');
    const user_signature = signHash(statement(request), strangerKey);
    expect(faultOfSignatures({ ...request, user_signature })).toBe('user_public_key is missing');
  });
});

describe('a manifest that is handed in', () => {
  const session_id = make.random.uuid();
  const signed = aManifest(session_id, 3);
  const merkle_root = manifestRoot(signed.manifest);
  const anchored = newAnchoring(
    make.request({ session_id, merkle_root, manifest_hash: signed.manifest_hash }),
    origin,
  );

  it('holds when it is whole, signed by the anchored key, of this session and over this root', () => {
    expect(judgeManifest(signed, anchored, merkle_root)).toEqual({
      ...{ manifest_hash: 'passed', manifest_signature: 'passed', merkle_root: 'passed' },
    });
  });

  it('is not judged when there is none, nor further when it is none', () => {
    const skipped = { manifest_hash: 'skipped', manifest_signature: 'skipped', merkle_root: 'skipped' };
    expect(judgeManifest(undefined, anchored, merkle_root)).toEqual(skipped);
    const none = { manifest: { version: 'none' }, manifest_hash: signed.manifest_hash };
    expect(judgeManifest(none, anchored, merkle_root)).toEqual({ ...skipped, manifest_hash: 'failed' });
  });

  it('fails at its hash when it was altered, is another, or is of another session', () => {
    const altered = { ...signed, manifest: { ...signed.manifest, codec_info: 'other' } };
    const other = aManifest(make.random.uuid(), 3);
    const hashVerdict = (handed: typeof signed, kept = anchored) =>
      judgeManifest(handed, kept, merkle_root).manifest_hash;
    expect(hashVerdict(altered)).toBe('failed');
    expect(hashVerdict(other)).toBe('failed');
    expect(hashVerdict(signed, { ...anchored, _id: make.random.uuid() })).toBe('failed');
  });

  it('fails at its signature under a key that was not anchored, and keeps its hash', () => {
    const resigned = aManifest(session_id, 3, strangerKey);
    const kept = { ...anchored, manifest_hash: resigned.manifest_hash };
    expect(judgeManifest(resigned, kept, merkle_root)).toEqual({
      ...{ manifest_hash: 'passed', manifest_signature: 'failed', merkle_root: 'passed' },
    });
  });

  it('fails at its root when that is not over the chunks it lists', () => {
    expect(judgeManifest(signed, anchored, ZERO_HASH)).toMatchObject({ merkle_root: 'failed' });
  });
});

describe('the engine’s proof of an anchor', () => {
  const document = newAnchoring(make.request(), origin);
  const saying = { type: 'session_anchor' as const, data: { ...anchorData(document) } };
  const kept = signSaying(saying, make.random.uuid(), NOW_MS, anchoringKey);
  const transaction = transactionOf(kept);
  const proof = aProof(transaction);
  const holding = { transactionHolds: true, pathHolds: true, blockHolds: true, holds: true };

  it('is of what was said, signed and kept', () => {
    expect(transaction).toMatchObject({ tx_id: kept.tx_id, type: 'session_anchor', data: saying.data });
    expect(saying.data).not.toHaveProperty('user_id');
    expect(saying.data).not.toHaveProperty('checkpoints');
    const checkpoints = { count: 2, last: 'ab'.repeat(32) };
    expect(anchorData({ ...document, checkpoints })).toMatchObject({ checkpoints });
  });

  it('holds with nothing but itself', () => {
    expect(judgeProof(proof)).toEqual(holding);
  });

  it('fails where it was forged, and only there', () => {
    const { signature: other } = transactionOf(signSaying(saying, kept.tx_id, NOW_MS, strangerKey));
    const forged = { ...transaction, signature: other };
    expect(judgeProof({ ...proof, transaction: forged })).toMatchObject({
      transactionHolds: false,
      holds: false,
    });
    const [first, ...rest] = proof.proof_path;
    if (!first) throw new Error('three transactions make a path');
    const path = [{ ...first, hash: ZERO_HASH }, ...rest];
    expect(judgeProof({ ...proof, proof_path: path })).toEqual({
      ...holding,
      pathHolds: false,
      holds: false,
    });
    const block = { ...proof.block, signature: signHash(proof.block.hash, strangerKey) };
    expect(judgeProof({ ...proof, block })).toEqual({ ...holding, blockHolds: false, holds: false });
  });

  it('fails at its block under another chain', () => {
    const { genesis } = proof;
    const other = { ...genesis, header: { ...genesis.header, timestamp: '2026-01-01T00:00:01.000Z' } };
    expect(judgeProof({ ...proof, genesis: other })).toEqual({ ...holding, blockHolds: false, holds: false });
  });
});

it('what the engine refuses is asked about, signed anew, sent later or given up', () => {
  const meant = ['6104', '6105', '6107', '6106', '6102', '6103', '5003'].map((code) =>
    meaningOf(`LUCID_ERR_${code}`),
  );
  expect(meant).toEqual(['ask', 'ask', 'sign_anew', 'later', 'refused', 'refused', 'refused']);
});
