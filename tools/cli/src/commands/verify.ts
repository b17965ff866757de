import { exitCodeOf, PROOF_STEPS } from '@lucid/proof';
import type { Command } from 'commander';
import { InvalidArgumentError } from 'commander';
import { readProfile } from '../profile.ts';
import { RECORDING_DIFFERS, type Verification, verifyFiles } from '../verify-files.ts';
import { outputOf, withOutputOptions } from './command.ts';

interface VerifyOptions {
  genesis?: string;
  json?: boolean;
  quiet?: boolean;
}

const CODES = [
  'Exit codes (0: everything that was checked holds):',
  ...PROOF_STEPS.map((step) => `  ${exitCodeOf(step)}  ${step}`),
  `  ${RECORDING_DIFFERS}  recording (the decrypted file is another one)`,
].join('\n');

export function addVerify(program: Command): void {
  withOutputOptions(program.command('verify'))
    .description('check a proof without any network')
    .argument('<bundle>', 'the file from `lucid proof`')
    .argument(
      '[files...]',
      'chunk files (000001.bin …) or the decrypted recording, to be held against the proof',
    )
    .option(
      '--genesis <hash>',
      'hash of the chain’s first block (default: the one pinned when you signed in)',
      genesisHash,
    )
    .addHelpText('after', `\n${CODES}`)
    .action(verify);
}

function genesisHash(text: string): string {
  if (!/^[0-9a-f]{64}$/.test(text)) throw new InvalidArgumentError('must be 64 hexadecimal digits.');
  return text;
}

async function verify(bundle: string, files: string[], options: VerifyOptions): Promise<void> {
  const pinned = options.genesis ?? (await readProfile())?.genesis_hash;
  const verification = await verifyFiles(bundle, files, pinned);
  outputOf(options).result(
    { ...verification.report, recording: verification.recording, genesis_pinned: pinned !== undefined },
    story(verification, pinned),
  );
  process.exitCode = verification.exitCode;
}

const MARKS = { passed: '✓', failed: '✗', skipped: '·', not_checked: '·' } as const;

/** A line a step, and the verdict. */
export function story({ report, recording, exitCode }: Verification, pinned: string | undefined): string {
  const lines = report.steps.map(
    ({ step, status, detail }) =>
      `${MARKS[status]} ${step.padEnd(22)} ${status === 'passed' ? '' : `${status.replace('_', ' ')}: `}${detail}`,
  );
  if (recording) lines.push(`${recording.ok ? '✓' : '✗'} ${'recording'.padEnd(22)} ${recording.detail}`);
  if (report.ok && pinned === undefined)
    lines.push('note: no chain is pinned; the proof holds for whatever chain the bundle names (--genesis)');
  const failedAt = report.failed_step ?? (exitCode === 0 ? undefined : 'recording');
  lines.push(failedAt === undefined ? 'verified' : `refused at ${failedAt}`);
  return lines.join('\n');
}
