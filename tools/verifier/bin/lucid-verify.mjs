#!/usr/bin/env node
/**
 * Judges a Lucid proof bundle (format `lucid-proof`, version 1) with nothing but Node and this file: no network, no library, no
 * code of the platform that made the proof. The format is described in docs/design/proof-bundle.md; this file is written from
 * that page, so that two programs that share nothing must agree.
 *
 *   node lucid-verify.mjs proof.json [000001.bin 000002.bin …] [--genesis HASH] [--manifest-key KEY]… [--json]
 *
 * Exit code 0: every step that could be judged holds. 10 to 23: the first step that does not (in the order of STEPS). 2: wrong usage.
 */
import { createHash, createPublicKey, verify as verifySignature } from 'node:crypto';
import { createReadStream, readFileSync, realpathSync } from 'node:fs';
import { basename } from 'node:path';
import { fileURLToPath } from 'node:url';

export const STEPS = [
  'bundle_format',
  'chunk_hashes',
  'chunk_set',
  'merkle_root',
  'manifest_hash',
  'manifest_signature',
  'anchor_transaction',
  'transaction_signature',
  'transaction_inclusion',
  'block_hash',
  'block_signature',
  'genesis',
  'block_certificate',
  'checkpoints',
];
const FIRST_EXIT_CODE = 10;
/** What a step stands on: when that has failed, the step says nothing. */
const STANDS_ON = {
  chunk_set: ['chunk_hashes'],
  manifest_signature: ['manifest_hash'],
  anchor_transaction: ['manifest_hash'],
  block_signature: ['block_hash'],
  genesis: ['block_hash'],
  block_certificate: ['genesis'],
  checkpoints: ['genesis', 'anchor_transaction'],
};

const ZERO_HASH = '0'.repeat(64);
const ZERO_SIGNATURE = '0'.repeat(128);
const CHAIN_EPOCH_MS = Date.UTC(2024, 0, 1);
const SLOT_MS = 120_000;
const SLOTS_PER_EPOCH = 720;
const VIEWS_PER_SLOT = 4;
const MAX_LEAVES = 2 ** 20;
const MAX_TRANSACTIONS = 20_000;
const MAX_DATA_BYTES = 100 * 1024;
const MAX_DEPTH = 100;

/** A finding against what is being judged. */
class Refused extends Error {}
const refuse = (why) => {
  throw new Refused(why);
};
const must = (holds, why) => holds || refuse(why);

// ── Shapes: exactly these members, each of exactly this kind ────────────────────────────────────────────────────────────────

const text = (pattern) => (value) => typeof value === 'string' && pattern.test(value);
const short = (most) => (value) =>
  typeof value === 'string' && value.length >= 1 && [...value].length <= most;
const whole =
  (least, most = Number.MAX_SAFE_INTEGER) =>
  (value) =>
    Number.isSafeInteger(value) && value >= least && value <= most;
const only =
  (...words) =>
  (value) =>
    words.includes(value);
const list = (of, least, most) => (value) =>
  Array.isArray(value) &&
  value.length >= least &&
  value.length <= most &&
  value.every((member) => of(member));
const record = (members) => (value) => {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return false;
  const known = new Map(Object.entries(members).map(([name, kind]) => [name.replace('?', ''), kind]));
  const isMissing = Object.keys(members).some((name) => !name.endsWith('?') && !Object.hasOwn(value, name));
  return !isMissing && Object.keys(value).every((name) => known.get(name)?.(value[name]) ?? false);
};

const hash = text(/^[0-9a-f]{64}$/);
const signature = text(/^[0-9a-f]{128}$/);
const uuid = text(/^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/);
const instant = text(/^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}\.\d{3}Z$/);
const anyRecord = (value) => typeof value === 'object' && value !== null && !Array.isArray(value);

const transaction = record({
  tx_id: uuid,
  type: only('session_anchor', 'data_storage', 'consensus_vote', 'system'),
  data: anyRecord,
  public_key: hash,
  timestamp: instant,
  signature,
});
const header = record({
  protocol_version: only(1),
  network: only('lucid_blocks'),
  genesis_hash: hash,
  height: whole(0),
  previous_hash: hash,
  merkle_root: hash,
  timestamp: instant,
  slot: whole(0),
  epoch: whole(0),
  fallback_index: whole(0, 5),
  nonce: only(0),
  difficulty: only(1),
  transaction_count: whole(0, MAX_TRANSACTIONS),
  validator: short(128),
});
const inclusion = record({
  leaf_hash: hash,
  leaf_index: whole(0),
  leaf_count: whole(1, MAX_LEAVES),
  proof_path: list(record({ hash, position: only('left', 'right') }), 0, 20),
});
const certificate = record({
  view: whole(0),
  votes: list(record({ validator: short(128), signature }), 1, 100),
});
const provenBlock = record({ header, hash, signature, validator_public_key: hash, certificate });
const manifestShape = record({
  manifest_version: only('1.0'),
  manifest_id: uuid,
  network: only('lucid_blocks'),
  session_id: uuid,
  owner_ref: hash,
  started_at: instant,
  ended_at: instant,
  chunk_count: whole(1),
  total_size: whole(0),
  hash_algorithm: only('sha256'),
  encryption: record({ algorithm: only('HPKE-X25519-SHA256-AES256GCM'), key_id: short(128) }),
  compression: record({ algorithm: only('zstd', 'none'), level: whole(0) }),
  recorder_version: short(128),
  codec_info: short(128),
  chunks: list(
    record({
      index: whole(1),
      chunk_id: short(128),
      size: whole(0),
      plain_size: whole(0),
      chunk_hash: hash,
      'plain_hash?': hash,
      'compression?': only('zstd', 'none'),
      'duration_seconds?': (value) => typeof value === 'number' && value >= 0,
    }),
    1,
    MAX_LEAVES,
  ),
  merkle_root: hash,
  generated_at: instant,
  generated_by: short(128),
});
const bundleShape = {
  format: only('lucid-proof'),
  version: only(1),
  session_id: uuid,
  manifest: manifestShape,
  manifest_hash: hash,
  signature,
  public_key: hash,
  checkpoints: list(record({ transaction, inclusion, block: provenBlock }), 0, MAX_LEAVES),
  anchor: record({ transaction, inclusion }),
  block: provenBlock,
  genesis: record({ header, hash, signature, transactions: list(transaction, 0, MAX_TRANSACTIONS) }),
  'created_at?': instant,
};
const anchorData = record({
  session_id: uuid,
  merkle_root: hash,
  manifest_hash: hash,
  chunk_count: whole(0),
  total_size: whole(0),
  owner_ref: hash,
  created_at: instant,
  'manifest_public_key?': hash,
  'checkpoints?': record({ count: whole(1), last: hash }),
});
const checkpointData = record({
  kind: only('session_checkpoint'),
  session_id: uuid,
  sequence: whole(1),
  chunk_count: whole(0),
  merkle_root: hash,
  total_size: whole(0),
  previous: hash,
  owner_ref: hash,
  recorded_at: instant,
});
/** Left out where they are these, so that there is one spelling of them. */
const DEFAULT_LIMITS = { max_block_bytes: 1024 * 1024, max_transactions: 1000, max_anchors: 100 };
const limits = record({
  max_block_bytes: whole(128 * 1024, 16 * 1024 * 1024),
  max_transactions: whole(1, MAX_TRANSACTIONS),
  max_anchors: whole(1, MAX_TRANSACTIONS),
});
const genesisData = record({
  kind: only('genesis'),
  network: only('lucid_blocks'),
  version: short(32),
  consensus: only('PoOT'),
  created_at: instant,
  validators: list(record({ validator: short(128), public_key: hash }), 1, 100),
  'limits?': (value) => limits(value) && canonical(value) !== canonical(DEFAULT_LIMITS),
});

// ── Hashes and signatures ───────────────────────────────────────────────────────────────────────────────────────────────────

const sha256 = (...parts) => {
  const digest = createHash('sha256');
  for (const part of parts) digest.update(part);
  return digest.digest('hex');
};

/** RFC 8785. What has no canonical text is refused. */
function canonical(value, depth = 0) {
  must(depth <= MAX_DEPTH, `nests deeper than ${MAX_DEPTH} levels`);
  if (typeof value === 'string') {
    must(value.isWellFormed(), 'holds a lone surrogate');
    return JSON.stringify(value);
  }
  if (typeof value !== 'object' || value === null) return JSON.stringify(value);
  if (Array.isArray(value)) return `[${value.map((member) => canonical(member, depth + 1)).join(',')}]`;
  const member = (name) => `${canonical(name, depth)}:${canonical(value[name], depth + 1)}`;
  return `{${Object.keys(value).sort().map(member).join(',')}}`;
}
const hashOf = (value) => sha256(canonical(value));
const transactionHash = ({ tx_id, type, data, public_key, timestamp }) =>
  hashOf({ tx_id, type, data, public_key, timestamp });

/** Ed25519 over the 32 bytes that the hash spells. */
function isSignedBy(publicKey, hashHex, signatureHex) {
  const spki = Buffer.concat([Buffer.from('302a300506032b6570032100', 'hex'), Buffer.from(publicKey, 'hex')]);
  const key = createPublicKey({ key: spki, format: 'der', type: 'spki' });
  return verifySignature(null, Buffer.from(hashHex, 'hex'), key, Buffer.from(signatureHex, 'hex'));
}

/** Milliseconds of a timestamp that names a day of the calendar; NaN otherwise. */
function millisecondsOf(timestamp) {
  const milliseconds = Date.parse(timestamp);
  return Number.isFinite(milliseconds) && new Date(milliseconds).toISOString() === timestamp
    ? milliseconds
    : Number.NaN;
}

// ── Merkle trees: leaf = H(00 ‖ hash), node = H(01 ‖ left ‖ right), an odd node goes up unchanged ───────────────────────────

const bytesOf = (hex) => Buffer.from(hex, 'hex');
const leafOf = (itemHash) => sha256(Buffer.of(0), bytesOf(itemHash));
const nodeOf = (left, right) => sha256(Buffer.of(1), bytesOf(left), bytesOf(right));

function rootOf(itemHashes) {
  if (itemHashes.length === 0) return ZERO_HASH;
  let level = itemHashes.map(leafOf);
  while (level.length > 1) {
    const pairs = [];
    for (let i = 0; i < level.length; i += 2)
      pairs.push(i + 1 < level.length ? nodeOf(level[i], level[i + 1]) : level[i]);
    level = pairs;
  }
  return level[0];
}

/** The path is exactly the one that this index has in a tree of that many leaves, and ends at the root. */
function leadsToRoot({ leaf_hash, leaf_index, leaf_count, proof_path }, root) {
  if (leaf_index >= leaf_count || leaf_count > MAX_LEAVES) return false;
  const path = [...proof_path];
  let running = leaf_hash;
  for (let index = leaf_index, width = leaf_count; width > 1; index >>= 1, width = (width + 1) >> 1) {
    const expected = index % 2 === 1 ? 'left' : index + 1 < width ? 'right' : undefined;
    if (expected === undefined) continue;
    const step = path.shift();
    if (step?.position !== expected) return false;
    running = expected === 'left' ? nodeOf(step.hash, running) : nodeOf(running, step.hash);
  }
  return path.length === 0 && running === root;
}

// ── The steps ───────────────────────────────────────────────────────────────────────────────────────────────────────────────

function read(candidate) {
  let bundle;
  try {
    bundle = JSON.parse(new TextDecoder('utf-8', { fatal: true }).decode(candidate));
  } catch (error) {
    refuse(`no JSON: ${error.message}`);
  }
  must(anyRecord(bundle), 'is no JSON object');
  for (const [name, kind] of Object.entries(bundleShape)) {
    const isThere = Object.hasOwn(bundle, name.replace('?', ''));
    must(isThere ? kind(bundle[name.replace('?', '')]) : name.endsWith('?'), `${name} is not of the format`);
  }
  for (const name of Object.keys(bundle))
    must(name in bundleShape || `${name}?` in bundleShape, `${name} is not of the format`);
  canonical(bundle);
  return bundle;
}

/** @param files `[number, hash]` of each file that was given; undefined when none was */
function judgeChunkHashes({ manifest }, files) {
  const listed = new Map(manifest.chunks.map((chunk) => [chunk.index, chunk.chunk_hash]));
  const known = new Set(listed.values());
  for (const [number, fileHash] of files)
    must(!listed.has(number) || known.has(fileHash), `chunk ${number} has SHA-256 ${fileHash}`);
}

function judgeChunkSet({ manifest }, files) {
  const given = new Map(files);
  must(given.size === files.length, 'a chunk was given twice');
  must(
    new Set(manifest.chunks.map(({ index }) => index)).size === manifest.chunks.length,
    'an index is listed twice',
  );
  for (const { index, chunk_hash } of manifest.chunks)
    must(
      given.get(index) === chunk_hash,
      `chunk ${index} is ${given.has(index) ? 'another one' : 'missing'}`,
    );
  must(given.size === manifest.chunks.length, 'a chunk was given that is not in the manifest');
}

function judgeMerkleRoot({ manifest }) {
  const root = rootOf(manifest.chunks.map(({ chunk_hash }) => chunk_hash));
  must(root === manifest.merkle_root, `the chunk hashes give ${root}`);
}

function judgeManifestHash({ manifest, manifest_hash }) {
  must(hashOf(manifest) === manifest_hash, 'the manifest has another hash');
  const { chunks, chunk_count, total_size, session_id } = manifest;
  must(chunk_count === chunks.length, 'chunk_count is not the number of chunks');
  chunks.forEach(({ index, chunk_id }, i) => {
    const id = `${session_id}-chunk-${String(i + 1).padStart(6, '0')}`;
    must(index === i + 1 && chunk_id === id, `entry ${i + 1} has the index or chunk_id of another chunk`);
  });
  must(total_size === sizeOf(chunks), 'total_size is not the sum of the sizes');
  const [started, ended] = [millisecondsOf(manifest.started_at), millisecondsOf(manifest.ended_at)];
  must(
    ended >= started && !Number.isNaN(millisecondsOf(manifest.generated_at)),
    'its times contradict each other',
  );
}
const sizeOf = (chunks) => chunks.reduce((sum, { size }) => sum + size, 0);

function judgeManifestSignature({ manifest_hash, signature: signed, public_key }, { manifestKeys }) {
  must(isSignedBy(public_key, manifest_hash, signed), `not signed by ${public_key}`);
  must(manifestKeys === undefined || manifestKeys.includes(public_key), `${public_key} is not a trusted key`);
}

function judgeAnchorTransaction({ session_id, manifest, manifest_hash, public_key, anchor }) {
  const { type, data } = anchor.transaction;
  must(type === 'session_anchor' && anchorData(data), 'is no session anchor');
  const { chunk_count, total_size, owner_ref, merkle_root } = manifest;
  const expected = {
    session_id: manifest.session_id,
    merkle_root,
    manifest_hash,
    chunk_count,
    total_size,
    owner_ref,
  };
  for (const [name, value] of Object.entries(expected))
    must(data[name] === value, `${name}: anchored is ${data[name]}, the manifest says ${value}`);
  must(
    data.manifest_public_key === undefined || data.manifest_public_key === public_key,
    'names another manifest key',
  );
  must(session_id === manifest.session_id, 'the bundle is named after another session');
}

function judgeTransaction(candidate) {
  must(Buffer.byteLength(canonical(candidate.data)) <= MAX_DATA_BYTES, 'its data is too large');
  must(!Number.isNaN(millisecondsOf(candidate.timestamp)), 'its timestamp is no day of the calendar');
  must(candidate.type !== 'session_anchor' || anchorData(candidate.data), 'its data is no anchor');
  must(
    isSignedBy(candidate.public_key, transactionHash(candidate), candidate.signature),
    'not signed by its public_key',
  );
}

function judgeInclusion(entry, { header: of }) {
  must(
    entry.inclusion.leaf_hash === leafOf(transactionHash(entry.transaction)),
    'the path starts at another transaction',
  );
  must(entry.inclusion.leaf_count === of.transaction_count, 'the path is of another number of transactions');
  must(
    leadsToRoot(entry.inclusion, of.merkle_root),
    'the path does not lead to the merkle_root of the block',
  );
}

const judgeBlockHash = (block) => must(hashOf(block.header) === block.hash, 'the header has another hash');
const judgeBlockSignature = (block) =>
  must(
    isSignedBy(block.validator_public_key, block.hash, block.signature),
    'not signed by validator_public_key',
  );

/** The genesis block is rebuilt from what it says, so that nothing in it is unaccounted for. @returns its data and hash */
function judgeGenesisBlock({ genesis }) {
  const [first] = genesis.transactions;
  const data = first?.data;
  must(genesis.transactions.length === 1 && genesisData(data), 'the genesis block holds no genesis');
  const createdMs = millisecondsOf(data.created_at);
  must(createdMs >= CHAIN_EPOCH_MS, 'created_at is no day since 2024');
  const distinct = (name) =>
    new Set(data.validators.map((entry) => entry[name])).size === data.validators.length;
  must(distinct('validator') && distinct('public_key'), 'validators need distinct names and keys');
  const [leader] = data.validators;
  const hex = hashOf(data);
  const id = `${hex.slice(0, 8)}-${hex.slice(8, 12)}-8${hex.slice(13, 16)}-8${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
  const expected = {
    tx_id: id,
    type: 'system',
    data,
    public_key: leader.public_key,
    timestamp: data.created_at,
  };
  const slot = Math.floor((createdMs - CHAIN_EPOCH_MS) / SLOT_MS);
  const rebuilt = {
    ...{
      protocol_version: 1,
      network: 'lucid_blocks',
      genesis_hash: ZERO_HASH,
      height: 0,
      previous_hash: ZERO_HASH,
    },
    ...{ merkle_root: leafOf(transactionHash(expected)), timestamp: data.created_at, slot },
    ...{ epoch: Math.floor(slot / SLOTS_PER_EPOCH), fallback_index: 0, nonce: 0, difficulty: 1 },
    ...{ transaction_count: 1, validator: leader.validator },
  };
  must(
    canonical(first) === canonical({ ...expected, signature: ZERO_SIGNATURE }),
    'its transaction is another one',
  );
  must(
    canonical(genesis.header) === canonical(rebuilt) && genesis.hash === hashOf(rebuilt),
    'its header is another one',
  );
  const isSigned = () => isSignedBy(leader.public_key, genesis.hash, genesis.signature);
  must(
    genesis.signature === ZERO_SIGNATURE || isSigned(),
    'carries a signature that is not the first validator’s',
  );
  return {
    hash: genesis.hash,
    validators: new Map(data.validators.map((entry) => [entry.validator, entry.public_key])),
  };
}

/** The block belongs to the chain of this genesis block, which lists its signer. */
function judgeChain({ header: of, validator_public_key }, chain) {
  must(of.height > 0, 'a genesis block anchors nothing');
  must(of.genesis_hash === chain.hash, 'the header belongs to another chain');
  must(
    chain.validators.get(of.validator) === validator_public_key,
    `${of.validator} is not listed with this key`,
  );
}

/** More than two thirds of the listed validators have precommitted to this very block, in a view not before its own. */
function judgeCertificate(
  { header: of, hash: block_hash, certificate: { view, votes } },
  { validators, hash: genesis_hash },
) {
  must(view >= of.slot * VIEWS_PER_SLOT + of.fallback_index, 'the votes are older than the block');
  must(new Set(votes.map(({ validator }) => validator)).size === votes.length, 'a validator votes twice');
  for (const { validator, signature: signed } of votes) {
    const key = validators.get(validator) ?? refuse(`${validator} is no validator`);
    const vote = {
      kind: 'vote',
      genesis_hash,
      phase: 'precommit',
      height: of.height,
      view,
      block_hash,
      validator,
    };
    must(isSignedBy(key, hashOf(vote), signed), `the vote of ${validator} is not signed by it`);
  }
  must(
    votes.length * 3 > validators.size * 2,
    `${votes.length} of ${validators.size} votes are not more than two thirds`,
  );
}

/** What was said of the recording while it ran is what came out in the end. */
function judgeCheckpoints({ manifest, anchor, checkpoints }, chain) {
  const named = anchor.transaction.data.checkpoints;
  must((named?.count ?? 0) === checkpoints.length, `the anchor names ${named?.count ?? 0} checkpoints`);
  let previous = { hash: ZERO_HASH, chunk_count: 0 };
  checkpoints.forEach((checkpoint, i) => {
    const { data, type, public_key } = checkpoint.transaction;
    must(type === 'data_storage' && checkpointData(data), `transaction ${i + 1} is no checkpoint`);
    judgeTransaction(checkpoint.transaction);
    must(public_key === anchor.transaction.public_key, `checkpoint ${i + 1} is signed by somebody else`);
    const { session_id, owner_ref } = manifest;
    must(
      data.session_id === session_id && data.owner_ref === owner_ref,
      `checkpoint ${i + 1} is of another session`,
    );
    must(data.sequence === i + 1 && data.previous === previous.hash, `checkpoint ${i + 1} does not follow`);
    must(
      data.chunk_count >= previous.chunk_count,
      `checkpoint ${i + 1} has fewer chunks than the one before`,
    );
    const chunks = manifest.chunks.slice(0, data.chunk_count);
    must(chunks.length === data.chunk_count, `checkpoint ${i + 1} saw ${data.chunk_count} chunks`);
    const isSame = rootOf(chunks.map(({ chunk_hash }) => chunk_hash)) === data.merkle_root;
    must(isSame && sizeOf(chunks) === data.total_size, `checkpoint ${i + 1} saw other chunks`);
    judgeInclusion(checkpoint, checkpoint.block);
    judgeBlockHash(checkpoint.block);
    judgeBlockSignature(checkpoint.block);
    judgeChain(checkpoint.block, chain);
    judgeCertificate(checkpoint.block, chain);
    previous = { hash: transactionHash(checkpoint.transaction), chunk_count: data.chunk_count };
  });
  must(named === undefined || named.last === previous.hash, 'the anchor names another last checkpoint');
}

// ── All together ────────────────────────────────────────────────────────────────────────────────────────────────────────────

/**
 * @param {Uint8Array} candidate the bundle as it is in the file
 * @param {{ genesisHash?: string, manifestKeys?: string[], files?: [number, string][] }} options `files`: number and SHA-256 of each chunk file
 * @returns {{ ok: boolean, complete: boolean, failed_step: string | null, exit_code: number, steps: object[] }}
 */
export function judge(candidate, options = {}) {
  const results = new Map();
  /** Steps that failed or fell with another, and the failed one behind it. */
  const fallen = new Map();
  const step = (name, work) => {
    const ground = ['bundle_format', ...(STANDS_ON[name] ?? [])].find((needed) => fallen.has(needed));
    const cause = fallen.get(ground);
    if (cause !== undefined) {
      fallen.set(name, cause);
      results.set(name, { step: name, status: 'skipped', detail: `${cause} failed` });
      return;
    }
    try {
      const status = work() === false ? 'not_checked' : 'passed';
      results.set(name, { step: name, status, detail: '' });
    } catch (error) {
      if (!(error instanceof Refused)) throw error;
      fallen.set(name, name);
      results.set(name, { step: name, status: 'failed', detail: error.message });
    }
  };
  const { files } = options;
  let bundle;
  let chain;
  step('bundle_format', () => {
    bundle = read(candidate);
  });
  step('chunk_hashes', () => (files ? judgeChunkHashes(bundle, files) : false));
  step('chunk_set', () => (files ? judgeChunkSet(bundle, files) : false));
  step('merkle_root', () => judgeMerkleRoot(bundle));
  step('manifest_hash', () => judgeManifestHash(bundle));
  step('manifest_signature', () => judgeManifestSignature(bundle, options));
  step('anchor_transaction', () => judgeAnchorTransaction(bundle));
  step('transaction_signature', () => judgeTransaction(bundle.anchor.transaction));
  step('transaction_inclusion', () => judgeInclusion(bundle.anchor, bundle.block));
  step('block_hash', () => judgeBlockHash(bundle.block));
  step('block_signature', () => judgeBlockSignature(bundle.block));
  step('genesis', () => {
    chain = judgeGenesisBlock(bundle);
    judgeChain(bundle.block, chain);
    const { genesisHash } = options;
    must(genesisHash === undefined || chain.hash === genesisHash, `the chain is ${chain.hash}`);
  });
  step('block_certificate', () => judgeCertificate(bundle.block, chain));
  step('checkpoints', () => judgeCheckpoints(bundle, chain));
  const steps = STEPS.map((name) => results.get(name));
  const failed = steps.findIndex(({ status }) => status === 'failed');
  return {
    ok: failed < 0,
    complete: steps.every(({ status }) => status === 'passed' || status === 'failed'),
    failed_step: STEPS[failed] ?? null,
    exit_code: failed < 0 ? 0 : FIRST_EXIT_CODE + failed,
    steps,
  };
}

// ── The command ─────────────────────────────────────────────────────────────────────────────────────────────────────────────

const USAGE = `usage: lucid-verify PROOF [CHUNK…] [--genesis HASH] [--manifest-key KEY]… [--json]

  PROOF           the proof bundle (JSON)
  CHUNK           chunk files, named by their number: 000001.bin, 000002.bin, …
  --genesis       hash of the genesis block of the chain you believe; without it the proof holds for whatever chain it carries
  --manifest-key  public key that may sign manifests; may be given more than once
  --json          the report as JSON

exit code: 0 holds, 2 wrong usage, ${STEPS.map((name, i) => `${FIRST_EXIT_CODE + i} ${name}`).join(', ')}
`;

async function hashFile(path) {
  const digest = createHash('sha256');
  for await (const piece of createReadStream(path, { highWaterMark: 1024 * 1024 })) digest.update(piece);
  return digest.digest('hex');
}

function optionsOf(words) {
  const found = { paths: [], manifestKeys: undefined, genesisHash: undefined, json: false };
  const key = (name, value) => (hash(value) ? value : refuse(`${name} takes 64 lower-case hex digits`));
  for (let i = 0; i < words.length; i += 1) {
    const word = words[i];
    if (word === '--json') found.json = true;
    else if (word === '--genesis') found.genesisHash = key(word, words[++i]);
    else if (word === '--manifest-key')
      found.manifestKeys = [...(found.manifestKeys ?? []), key(word, words[++i])];
    else if (word.startsWith('-')) refuse(`unknown option ${word}`);
    else found.paths.push(word);
  }
  must(found.paths.length > 0, 'no proof was given');
  return found;
}

async function main(words) {
  if (words.includes('--help') || words.includes('-h')) return void process.stdout.write(USAGE);
  const { paths, json, ...options } = optionsOf(words);
  const [proofPath, ...chunkPaths] = paths;
  const files = [];
  for (const path of chunkPaths) {
    const [, number] =
      /^(\d{6})(?:-[0-9a-f]{16})?\.bin$/.exec(basename(path)) ?? refuse(`${path} is not named like a chunk`);
    files.push([Number(number), await hashFile(path)]);
  }
  const report = judge(readFileSync(proofPath), { ...options, ...(files.length > 0 && { files }) });
  process.exitCode = report.exit_code;
  if (json) return void process.stdout.write(`${JSON.stringify(report, null, 2)}\n`);
  const mark = { passed: '✓', failed: '✗', skipped: '·', not_checked: '–' };
  for (const { step, status, detail } of report.steps)
    process.stdout.write(
      `${mark[status]} ${step}${status === 'passed' ? '' : ` (${status.replace('_', ' ')})`}${detail && `: ${detail}`}\n`,
    );
  const verdict = report.ok ? 'holds' : `refused at ${report.failed_step}`;
  process.stdout.write(
    `${verdict}${report.ok && !report.complete ? ' (the chunk files were not looked at)' : ''}\n`,
  );
}

if (process.argv[1] && realpathSync(process.argv[1]) === fileURLToPath(import.meta.url)) {
  try {
    await main(process.argv.slice(2));
  } catch (error) {
    const isUsage = error instanceof Refused;
    process.stderr.write(`${isUsage ? `${error.message}\n\n${USAGE}` : `${error.message}\n`}`);
    process.exitCode = 2;
  }
}
