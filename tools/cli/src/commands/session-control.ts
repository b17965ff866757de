import type { Command } from 'commander';
import { openAccount } from '../account.ts';
import { outputOf, withOutputOptions } from './command.ts';

type Verb = 'pause' | 'resume' | 'stop' | 'archive' | 'restore';

const VERBS: Readonly<Record<Verb, string>> = {
  pause: 'take no more bytes until it is resumed',
  resume: 'go on recording',
  stop: 'end the recording; it is processed and anchored then',
  archive: 'move the files of a completed session to the archive; they are read as before',
  restore: 'move the files back from the archive',
};

/** What is done with one session, below `lucid sessions`. */
export function addSessionControl(sessions: Command): void {
  for (const [verb, description] of Object.entries(VERBS) as [Verb, string][])
    withOutputOptions(sessions.command(verb))
      .description(description)
      .argument('<session-id>')
      .action((sessionId: string, options: { json?: boolean }) => control(verb, sessionId, options));
}

async function control(verb: Verb, session_id: string, options: { json?: boolean }): Promise<void> {
  await using account = await openAccount();
  const { sessions } = account.clients;
  const call = {
    pause: sessions.pauseSession,
    resume: sessions.resumeSession,
    stop: sessions.stopSession,
    archive: sessions.archiveSession,
    restore: sessions.restoreSession,
  }[verb];
  const { body } = await call({ params: { session_id } });
  outputOf(options).result(body, `${session_id} ${sentence(verb, body)}`);
}

function sentence(verb: Verb, body: { status: string; archived_at?: string }): string {
  if (verb === 'archive') return body.archived_at ? 'archived' : 'is being archived';
  if (verb === 'restore') return body.archived_at ? 'is being restored' : 'restored';
  return body.status;
}
