import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { pipeline } from 'node:stream/promises';
import { ARCHIVE_FORMATS, type ArchiveFormat } from '@lucid/contracts';
import { type Command, Option } from 'commander';
import { type Account, openAccount } from '../account.ts';
import { mib, type Output } from '../output.ts';
import { saveBytes } from '../save-bytes.ts';
import { outputOf, withOutputOptions } from './command.ts';

interface DownloadOptions {
  output?: string;
  chunks?: string;
  archive?: ArchiveFormat;
  json?: boolean;
  quiet?: boolean;
}

export function addDownload(program: Command): void {
  withOutputOptions(program.command('download'))
    .description('fetch a recording, decrypted, in one piece')
    .argument('<session-id>')
    .option('-o, --output <file>', 'where to (default: <session-id>.bin; - for standard output)')
    .option('--chunks <folder>', 'fetch the encrypted chunk files instead, for `lucid verify`')
    .addOption(
      new Option('--archive <format>', 'fetch encrypted chunks, manifest and proof in one archive').choices(
        ARCHIVE_FORMATS,
      ),
    )
    .action(download);
}

async function download(sessionId: string, options: DownloadOptions): Promise<void> {
  const output = outputOf(options);
  await using account = await openAccount();
  if (options.chunks) return await downloadChunks(account, sessionId, options.chunks, output);
  if (options.archive) return await downloadArchive(account, sessionId, options.archive, options, output);
  const { bytes, headers } = await account.clients.sessions.downloadSession({
    params: { session_id: sessionId },
  });
  if (options.output === '-') return await pipeline(bytes, process.stdout, { end: false });
  const path = options.output ?? `${sessionId}.bin`;
  const expected = headers['content-length'] === undefined ? undefined : Number(headers['content-length']);
  const size = await saveBytes(bytes, path, expected, output.progress(expected ?? 0));
  output.result({ session_id: sessionId, path, size_bytes: size }, `${mib(size)} written to ${path}`);
}

async function downloadArchive(
  { clients }: Account,
  sessionId: string,
  format: ArchiveFormat,
  options: DownloadOptions,
  output: Output,
): Promise<void> {
  const { bytes } = await clients.sessions.downloadArchive({
    params: { session_id: sessionId },
    query: { format },
  });
  if (options.output === '-') return await pipeline(bytes, process.stdout, { end: false });
  const path = options.output ?? `${sessionId}.${format}`;
  const size = await saveBytes(bytes, path, undefined, output.progress(0));
  output.result({ session_id: sessionId, path, size_bytes: size }, `${mib(size)} written to ${path}`);
}

const PAGE = 1000;

async function downloadChunks(
  { clients }: Account,
  sessionId: string,
  folder: string,
  output: Output,
): Promise<void> {
  await mkdir(folder, { recursive: true });
  const files = await saveChunks(clients.sessions, sessionId, folder, output);
  output.result({ session_id: sessionId, folder, files }, `${files.length} chunk files written to ${folder}`);
}

/** Chunk files as storage keeps them, named by their number. @returns the paths in order */
export async function saveChunks(
  sessions: Account['clients']['sessions'],
  sessionId: string,
  folder: string,
  output: Output,
): Promise<string[]> {
  const files: string[] = [];
  for (let offset = 0, total = Number.POSITIVE_INFINITY; offset < total; offset += PAGE) {
    const { body } = await sessions.listChunks({
      params: { session_id: sessionId },
      query: { limit: PAGE, offset },
    });
    total = body.total;
    for (const chunk of body.chunks) {
      const { bytes } = await sessions.downloadChunk({
        params: { session_id: sessionId, chunk_id: chunk.chunk_id },
      });
      const path = join(folder, `${String(chunk.sequence_number).padStart(6, '0')}.bin`);
      await saveBytes(bytes, path, chunk.size_bytes, { update: () => undefined, stop: () => undefined });
      files.push(path);
      output.say(`  ${path}`);
    }
  }
  return files;
}
