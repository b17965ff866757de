import { appendFile, chown, copyFile, mkdir, readFile, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { USER } from '../data/credentials.ts';
import { type CommandLine, enterAsPostgres, type ServicePlace } from '../debian/enter.ts';
import { exists } from '../debian/root-folder.ts';
import { SOURCES } from '../paths.ts';
import { build } from '../system/build.ts';

const DATA = '/instance/pg';

/** User and group number of `postgres` inside the root folder, out of its /etc/passwd. */
export function postgresIds(passwd: string): { readonly uid: number; readonly gid: number } {
  const match = /^postgres:[^:]*:(\d+):(\d+):/m.exec(passwd);
  if (match === null) throw new TypeError('the root folder has no user postgres');
  return { uid: Number(match[1]), gid: Number(match[2]) };
}

export interface ClusterInput {
  readonly place: ServicePlace;
  readonly log: string;
  readonly signal: AbortSignal;
}

/** Makes the data folder once. It gets its final name last, so half a cluster is never mistaken for one. */
export async function initCluster({ place, log, signal }: ClusterInput): Promise<void> {
  const { uid, gid } = postgresIds(await readFile(join(place.rootDir, 'etc/passwd'), 'utf8'));
  const pg = join(place.storeDir, 'pg');
  await mkdir(place.storeDir, { recursive: true, mode: 0o700 });
  await chown(place.storeDir, uid, gid);
  if (await exists(join(pg, 'lab-initialised'))) return;
  await rm(pg, { recursive: true, force: true });
  const how = ['-E', 'UTF8', '--locale=C.UTF-8', '--no-sync', '--auth=peer'];
  await build(enterAsPostgres(place, [], ['initdb', '-D', DATA, '-U', 'postgres', ...how]), { log, signal });
  await appendFile(join(pg, 'postgresql.conf'), await readFile(SOURCES.postgresqlConf, 'utf8'));
  await copyFile(SOURCES.pgHba, join(pg, 'pg_hba.conf'));
  await copyFile(SOURCES.pgIdent, join(pg, 'pg_ident.conf'));
  for (const name of ['pg_hba.conf', 'pg_ident.conf']) await chown(join(pg, name), uid, gid);
  await appendFile(join(pg, 'lab-initialised'), '');
}

/**
 * Forgets a server that was killed: its pid file would stop the next one when the number is taken again.
 * Only called when no process of the instance lives.
 */
export async function removeStalePid(storeDir: string): Promise<void> {
  for (const name of ['pg/postmaster.pid', '.s.PGSQL.5432', '.s.PGSQL.5432.lock'])
    await rm(join(storeDir, name), { force: true });
}

export const serverCommand = (place: ServicePlace): CommandLine =>
  enterAsPostgres(place, [], ['postgres', '-D', DATA]);

const psql = ['psql', '-h', '/instance', '-d', 'postgres', '-qAtX', '-v', 'ON_ERROR_STOP=1'];

/** Whether the server takes connections yet. */
export async function isServerReady(place: ServicePlace): Promise<boolean> {
  const { file, args } = enterAsPostgres(place, [], ['pg_isready', '-q', '-h', '/instance']);
  return !(await execa(file, args, { reject: false })).failed;
}

/** The statements that make the server a document store with one user; may be run again and again. */
export function setUpSql(password: string): string {
  if (!/^[\w-]+$/.test(password)) throw new TypeError('a password of URL-safe characters is expected');
  return `SET client_min_messages = warning;
CREATE EXTENSION IF NOT EXISTS documentdb CASCADE;
SET password_encryption = 'scram-sha-256';
SELECT 'CREATE ROLE ${USER}' WHERE NOT EXISTS (SELECT FROM pg_roles WHERE rolname = '${USER}') \\gexec
ALTER ROLE ${USER} SUPERUSER LOGIN PASSWORD '${password}';
`;
}

/** Runs SQL given on standard input: a password must not show in a list of processes. */
export async function runSql(place: ServicePlace, sql: string): Promise<void> {
  const { file, args } = enterAsPostgres(place, [], psql);
  await execa(file, args, { input: sql });
}
