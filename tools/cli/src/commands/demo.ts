import { mkdtemp, open, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, join } from 'node:path';
import { sessionLikeBytes } from '@lucid/chunk-codec/testing';
import { systemRandom } from '@lucid/clock';
import type { Command } from 'commander';
import { type Account, accountOf } from '../account.ts';
import { CliError } from '../cli-error.ts';
import { mib, type Output } from '../output.ts';
import { readProfile } from '../profile.ts';
import { recordSession } from '../record-session.ts';
import { saveBytes } from '../save-bytes.ts';
import { fileSize } from '../session-work.ts';
import { DEFAULT_URL, signIn } from '../sign-in.ts';
import { verifyFiles } from '../verify-files.ts';
import { outputOf, withOutputOptions } from './command.ts';
import { saveChunks } from './download.ts';
import { story } from './verify.ts';

interface DemoOptions {
  url?: string;
  keep?: string;
  json?: boolean;
  quiet?: boolean;
}

const SAMPLE_BYTES = 25 * 1024 * 1024;

export function addDemo(program: Command): void {
  withOutputOptions(program.command('demo'))
    .description('the whole path on a file of yours or a sample: record, prove, download, verify, tamper')
    .argument('[file]', 'any file (default: a sample of 25 MiB is made)')
    .option('--url <url>', `address of the gateway (default: where you are signed in, else ${DEFAULT_URL})`)
    .option('--keep <folder>', 'keep what the demo fetched in this folder')
    .action(demo);
}

async function demo(file: string | undefined, options: DemoOptions): Promise<void> {
  const output = outputOf(options);
  if (file !== undefined) await fileSize(file);
  const folder = await mkdtemp(join(tmpdir(), 'lucid-demo-'));
  try {
    await using account = await anAccount(options.url, output);
    const source = file ?? (await makeSample(folder, output));
    const result = await walk(account, source, options.keep ?? folder, output);
    output.result(result, `\nThat was the whole path. Session ${result.session_id} is yours: lucid sessions`);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

/** The account signed in with, or a new one made for the occasion. */
async function anAccount(url: string | undefined, output: Output): Promise<Account> {
  const known = await readProfile();
  if (known && (url === undefined || url === known.url)) {
    output.say(`1. Signed in to ${known.url} as ${known.email}.`);
    return accountOf(known);
  }
  const username = `demo-${systemRandom.bytes(4).toString('hex')}`;
  const password = `Demo-1-${systemRandom.bytes(18).toString('base64url')}`;
  const profile = await signIn({
    url: url ?? process.env.LUCID_URL ?? DEFAULT_URL,
    email: `${username}@example.com`,
    password,
    register: { username },
  });
  output.say(
    `1. Made the account ${profile.email} at ${profile.url} and signed in. The chain begins with block ${profile.genesis_hash?.slice(0, 16)}….`,
  );
  return accountOf(profile);
}

async function makeSample(folder: string, output: Output): Promise<string> {
  const path = join(folder, 'sample.recording');
  await writeFile(path, sessionLikeBytes(SAMPLE_BYTES, 1));
  output.say(`   Made a sample recording of ${mib(SAMPLE_BYTES)}.`);
  return path;
}

async function walk({ clients, profile }: Account, source: string, folder: string, output: Output) {
  output.say(
    `2. Recording ${basename(source)}: it is cut into chunks, compressed, encrypted, stored, and its root goes on the chain.`,
  );
  const wish = {
    source,
    name: `demo: ${basename(source)}`.slice(0, 255),
    compress: true,
    patienceMs: 120_000,
  };
  const { session, text } = await recordSession(clients, wish, output, true);
  output.say(indent(text));
  const params = { session_id: session.session_id };

  output.say('3. Fetching the proof, the encrypted chunks and the decrypted recording.');
  const bundle = join(folder, 'bundle.json');
  await writeFile(bundle, JSON.stringify((await clients.sessions.getProof({ params })).body));
  const chunks = await saveChunks(clients.sessions, session.session_id, folder, output);
  const recording = join(folder, 'recording');
  const { bytes } = await clients.sessions.downloadSession({ params });
  await saveBytes(
    bytes,
    recording,
    session.statistics.size_bytes,
    output.progress(session.statistics.size_bytes),
  );

  output.say('4. Verifying them offline: only these files and the pinned first block are looked at.');
  const honest = await verifyFiles(bundle, [...chunks, recording], profile.genesis_hash);
  output.say(indent(story(honest, profile.genesis_hash)));
  if (honest.exitCode !== 0) throw new CliError('the proof does not hold', honest.exitCode);

  output.say('5. Flipping one bit of one stored chunk and verifying again.');
  const [victim = ''] = chunks;
  await flipOneBit(victim);
  const tampered = await verifyFiles(bundle, chunks, profile.genesis_hash);
  if (tampered.report.ok) throw new CliError('a tampered chunk was not noticed');
  output.say(`   refused at ${tampered.report.failed_step}, as it must be.`);
  await flipOneBit(victim);
  return {
    session_id: session.session_id,
    verified: true,
    tampering_noticed_at: tampered.report.failed_step,
    session,
  };
}

async function flipOneBit(path: string): Promise<void> {
  const file = await open(path, 'r+');
  try {
    const byte = Buffer.alloc(1);
    await file.read(byte, 0, 1, 100);
    byte[0] = (byte[0] ?? 0) ^ 1;
    await file.write(byte, 0, 1, 100);
  } finally {
    await file.close();
  }
}

const indent = (text: string): string => text.replace(/^/gm, '   ');
