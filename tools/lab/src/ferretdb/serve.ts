import { MongoClient } from 'mongodb';
import { USER } from '../data/credentials.ts';
import { type CommandLine, enterAsPostgres, type ServicePlace } from '../debian/enter.ts';

/** FerretDB on one TCP address, with authentication, talking to PostgreSQL through the instance's socket. */
export function ferretdbCommand(place: ServicePlace, host: string, port: number): CommandLine {
  const postgres = `postgres://${USER}@/postgres?host=/instance`;
  const options = [
    `--listen-addr=${host}:${port}`,
    `--postgresql-url=${postgres}`,
    '--state-dir=/instance/ferretdb',
    '--debug-addr=-',
    '--telemetry=disable',
    '--log-level=WARN',
  ];
  return enterAsPostgres(place, ['DO_NOT_TRACK=1'], ['/opt/lab/ferretdb', ...options]);
}

/** Whether the whole chain answers: driver, password, FerretDB, DocumentDB. */
export async function answers(uri: string): Promise<boolean> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 1_000, connectTimeoutMS: 1_000 });
  try {
    await client.db('admin').command({ listDatabases: 1, nameOnly: true });
    return true;
  } catch {
    return false; // not yet; the caller has a deadline and shows the server's log
  } finally {
    await client.close();
  }
}
