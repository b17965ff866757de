import { createReadStream } from 'node:fs';
import { readFile } from 'node:fs/promises';
import { basename } from 'node:path';
import {
  type PlainReport,
  type ProofBundle,
  type ProofReport,
  verifyBundle,
  verifyPlainRecording,
} from '@lucid/proof';
import { CliError, EXIT_CODE } from './cli-error.ts';
import { fileSize } from './session-work.ts';

export interface Verification {
  report: ProofReport;
  /** What a decrypted recording was found to be, where one was given. */
  recording?: PlainReport;
  exitCode: number;
}

/** A decrypted recording that is not the one of the manifest; beyond the codes of the proof's steps (10 to 23). */
export const RECORDING_DIFFERS = 30;

const CHUNK_FILE = /^(\d{6})(-[0-9a-f]{16})?\.bin$/;

/**
 * Reads local files only. Files named like chunks (`000001.bin`) are held against the chunk hashes; any other file is
 * taken for the decrypted recording.
 * @param pinnedGenesis the chain that is believed; without it, the one the bundle names
 */
export async function verifyFiles(
  bundlePath: string,
  files: readonly string[],
  pinnedGenesis: string | undefined,
): Promise<Verification> {
  const text = await readFile(bundlePath).catch((error: NodeJS.ErrnoException) => {
    throw new CliError(`${bundlePath} cannot be read (${error.code})`, EXIT_CODE.usage);
  });
  await Promise.all(files.map(fileSize));
  const chunks = files.filter((path) => CHUNK_FILE.test(basename(path)));
  const recordings = files.filter((path) => !CHUNK_FILE.test(basename(path)));
  if (recordings.length > 1)
    throw new CliError(
      `at most one recording can be checked, given: ${recordings.join(', ')}`,
      EXIT_CODE.usage,
    );
  const report = await verifyBundle(text, {
    ...(pinnedGenesis === undefined ? {} : { pinnedGenesisHash: pinnedGenesis }),
    ...(chunks.length === 0
      ? {}
      : { chunks: chunks.map((path) => [numberOf(path), createReadStream(path)] as const) }),
  });
  const [recordingPath] = recordings;
  if (!report.ok || recordingPath === undefined) return { report, exitCode: report.exit_code };
  const { manifest } = JSON.parse(text.toString('utf8')) as ProofBundle;
  const recording = await verifyPlainRecording(
    manifest,
    createReadStream(recordingPath, { highWaterMark: 1024 * 1024 }),
  );
  return { report, recording, exitCode: recording.ok ? 0 : RECORDING_DIFFERS };
}

const numberOf = (path: string): number => Number(CHUNK_FILE.exec(basename(path))?.[1]);
