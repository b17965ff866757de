import Table from 'cli-table3';
import type { Command } from 'commander';
import { openAccount } from '../account.ts';
import { mib } from '../output.ts';
import { outputOf, withOutputOptions } from './command.ts';
import { wholeNumber } from './record.ts';
import { addSessionControl } from './session-control.ts';

export function addSessions(program: Command): void {
  const sessions = withOutputOptions(program.command('sessions'))
    .description('your sessions, newest first; or what to do with one')
    .option('--page <n>', 'which page', wholeNumber(1, 1_000_000), 1)
    .option('--limit <n>', 'how many a page', wholeNumber(1, 100), 20)
    .action(listSessions);
  addSessionControl(sessions);
  withOutputOptions(program.command('delete'))
    .description('delete a session: its key is destroyed and its files are removed')
    .argument('<session-id>')
    .action(deleteSession);
}

async function listSessions({
  page,
  limit,
  ...options
}: {
  page: number;
  limit: number;
  json?: boolean;
}): Promise<void> {
  await using account = await openAccount();
  const { body } = await account.clients.sessions.listSessions({ query: { page, limit } });
  const table = new Table({
    head: ['session', 'name', 'status', 'anchor', 'size', 'created'],
    style: { head: [], border: [] },
  });
  for (const session of body.sessions)
    table.push([
      session.session_id,
      session.name.slice(0, 30),
      session.status,
      session.anchoring_status,
      mib(session.statistics.size_bytes),
      session.created_at.slice(0, 19),
    ]);
  const { pagination } = body;
  const text =
    body.sessions.length === 0
      ? 'no sessions yet: try `lucid record <file>`'
      : `${table}\npage ${pagination.page} of ${pagination.pages}, ${pagination.total} sessions`;
  outputOf(options).result(body, text);
}

async function deleteSession(session_id: string, options: { json?: boolean }): Promise<void> {
  await using account = await openAccount();
  await account.clients.sessions.deleteSession({ params: { session_id } });
  outputOf(options).result({ session_id, status: 'deleted' }, `${session_id} deleted`);
}
