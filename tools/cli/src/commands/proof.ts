import { writeFile } from 'node:fs/promises';
import type { Command } from 'commander';
import { openAccount } from '../account.ts';
import { outputOf, withOutputOptions } from './command.ts';

interface ProofOptions {
  output?: string;
  json?: boolean;
  quiet?: boolean;
}

export function addProof(program: Command): void {
  withOutputOptions(program.command('proof'))
    .description('fetch the one file that proves a recording offline')
    .argument('<session-id>')
    .option('-o, --output <file>', 'where to (default: <session-id>.proof.json; - for standard output)')
    .action(proof);
}

async function proof(sessionId: string, options: ProofOptions): Promise<void> {
  await using account = await openAccount();
  const { body } = await account.clients.sessions.getProof({ params: { session_id: sessionId } });
  const text = `${JSON.stringify(body, null, 2)}\n`;
  if (options.output === '-') {
    process.stdout.write(text);
    return;
  }
  const path = options.output ?? `${sessionId}.proof.json`;
  await writeFile(path, text);
  outputOf(options).result(
    { session_id: sessionId, path },
    `proof written to ${path}\ncheck it anywhere, without a network: lucid verify ${path}`,
  );
}
