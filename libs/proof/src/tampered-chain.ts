// Certificates and checkpoints that must be refused.
import { ZERO_HASH } from '@lucid/ledger';
import type { ProofFixture } from './a-proof-bundle.ts';
import { aForger } from './forger.ts';
import type { ProofStep } from './steps.ts';

/** What was altered, the step that has to refuse it, and the altered bundle. */
export type Tampering = [what: string, step: ProofStep, candidate: unknown];

const H = 'ab'.repeat(32);

export function certificateTampering(fixture: ProofFixture): Tampering[] {
  const { bundle } = fixture;
  const { withCertificate, votesFor } = aForger(fixture);
  const { view, votes } = bundle.block.certificate;
  const [first] = votes;
  const [checkpoint] = bundle.checkpoints;
  const cases: [string, typeof bundle][] = [
    ['two of four votes', withCertificate({ votes: votes.slice(0, 2) })],
    ['a vote counted twice', withCertificate({ votes: first ? [first, ...votes] : [] })],
    ['votes of prevoting', withCertificate({ votes: votesFor({ phase: 'prevote' }) })],
    ['votes for nothing', withCertificate({ votes: votesFor({ block_hash: null }) })],
    ['votes of another height', withCertificate({ votes: votesFor({ height: 99 }) })],
    ['votes of another view', withCertificate({ votes: votesFor({ view: view + 1 }) })],
    ['a view before the block', withCertificate({ view: view - 1, votes: votesFor({ view: view - 1 }) })],
    ['votes for another block', withCertificate({ votes: checkpoint?.block.certificate.votes ?? [] })],
    [
      'the vote of a stranger',
      withCertificate({ votes: votes.map((vote, i) => (i === 0 ? { ...vote, validator: 'node-9' } : vote)) }),
    ],
    [
      'the vote of one under the name of another',
      withCertificate({
        votes: votes.map((vote, i) => ({ ...vote, signature: votes.at(i - 1)?.signature ?? vote.signature })),
      }),
    ],
  ];
  return cases.map(([what, candidate]) => [what, 'block_certificate', candidate]);
}

/** @param other a true proof of another session on another chain */
export function checkpointTampering(fixture: ProofFixture, other: ProofFixture): Tampering[] {
  const { bundle } = fixture;
  const { withCheckpoint, forgedCheckpoint, stranger, cutTail, withCertificate, votesFor } = aForger(fixture);
  const { checkpoints } = bundle;
  const [first, second] = checkpoints;
  const last = checkpoints.length - 1;
  if (!first || !second) throw new Error('the fixture needs two checkpoints');
  const cases: [string, typeof bundle][] = [
    ['no checkpoints', { ...bundle, checkpoints: [] }],
    ['a dropped first checkpoint', { ...bundle, checkpoints: checkpoints.slice(1) }],
    ['a dropped last checkpoint', { ...bundle, checkpoints: checkpoints.slice(0, -1) }],
    ['an extra checkpoint', { ...bundle, checkpoints: [...checkpoints, second] }],
    ['swapped checkpoints', { ...bundle, checkpoints: checkpoints.toReversed() }],
    ['checkpoints of another session', { ...bundle, checkpoints: other.bundle.checkpoints }],
    ['a tail cut off after it was seen', cutTail()],
    ['a checkpoint of other chunks', forgedCheckpoint(last, { merkle_root: H })],
    ['a checkpoint of another size', forgedCheckpoint(last, { total_size: 1 })],
    ['a checkpoint of more chunks than there are', forgedCheckpoint(last, { chunk_count: 99 })],
    ['a checkpoint of another owner', forgedCheckpoint(last, { owner_ref: H })],
    ['a checkpoint that follows nothing', forgedCheckpoint(last, { previous: ZERO_HASH })],
    ['a checkpoint of another number', forgedCheckpoint(last, { sequence: 9 })],
    [
      'another time of a checkpoint, signed',
      forgedCheckpoint(last, { recorded_at: '2026-01-02T03:00:59.000Z' }),
    ],
    ['a checkpoint signed by a stranger', forgedCheckpoint(last, {}, stranger)],
    ['a checkpoint that is none', forgedCheckpoint(last, { note: 'trust me' })],
    ['a checkpoint in the block of another', withCheckpoint(1, { block: first.block })],
    ['a checkpoint in a block without votes of its own', withoutOwnVotes()],
    ['a checkpoint in a block signed by another', withBlock({ signature: first.block.signature })],
    ['a checkpoint in a block of another hash', withBlock({ hash: H })],
  ];
  return cases.map(([what, candidate]) => [what, 'checkpoints', candidate]);

  function withBlock(over: Partial<typeof bundle.block>) {
    return withCheckpoint(1, { block: { ...checkpointBlock(), ...over } });
  }
  function withoutOwnVotes() {
    return withBlock({ certificate: withCertificate({ votes: votesFor({}) }).block.certificate });
  }
  function checkpointBlock() {
    return checkpoints[1]?.block ?? bundle.block;
  }
}
