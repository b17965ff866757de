import { type ChildProcess, spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { MongoClient } from 'mongodb';
import { eventually } from './eventually.ts';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

/** From this file to the root of the workspace. */
export const WORKSPACE_ROOT = join(import.meta.dirname, '../../..');

const SERVER = join(WORKSPACE_ROOT, 'apps/data/embedded-mongodb/src/main.ts');

export interface TestMongo extends AsyncDisposable {
  /** Connection string with the database in its path. */
  uri(database: string): string;
  close(): Promise<void>;
}

/** A port that was free a moment ago on 127.0.0.1. */
export function freePort(): Promise<number> {
  return new Promise((resolve, reject) => {
    const probe = createServer();
    probe.once('error', reject);
    probe.listen(0, '127.0.0.1', () => {
      const { port } = probe.address() as { port: number };
      probe.close(() => resolve(port));
    });
  });
}

/** A machine with much else to do starts it late. */
const START_TIMEOUT_MS = 45_000;

/**
 * A real MongoDB server for integration tests: the one MONGODB_TEST_URI names, else the embedded server as its own process
 * over a temporary folder.
 */
export async function startTestMongo(): Promise<TestMongo> {
  const given = process.env.MONGODB_TEST_URI;
  if (given) return sharedMongo(given);
  const folder = temporaryFolder('mongo');
  const [port, healthPort] = [await freePort(), await freePort()];
  const child = spawn(process.execPath, [SERVER], {
    stdio: ['ignore', 'ignore', 'inherit'],
    env: {
      PATH: process.env.PATH,
      HOST: '127.0.0.1',
      PORT: String(port),
      HEALTH_PORT: String(healthPort),
      DATA_DIR: folder.path,
      ALLOW_UNAUTHENTICATED: 'true',
      LOG_LEVEL: 'error',
      DRAIN_DELAY_MS: '0',
    },
  });
  const close = () => end(child, folder);
  try {
    const isReady = async () => {
      if (child.exitCode !== null) throw new Error(`it ended with code ${child.exitCode}`);
      return (await fetch(`http://127.0.0.1:${healthPort}/health/ready`)).ok;
    };
    await eventually('the embedded MongoDB is ready', isReady, { timeoutMs: START_TIMEOUT_MS });
  } catch (error) {
    await close();
    throw error;
  }
  return at(`mongodb://127.0.0.1:${port}/`, close);
}

/** A server that others use too: each start has databases of its own, dropped at the end. */
function sharedMongo(base: string): TestMongo {
  const mark = randomBytes(4).toString('hex');
  const used = new Set<string>();
  const drop = async () => {
    const client = await new MongoClient(base).connect();
    for (const name of used) await client.db(name).dropDatabase();
    await client.close();
  };
  const shared = at(base, drop);
  const uri = (database: string) => {
    const name = `${database}_${mark}`;
    used.add(name);
    return shared.uri(name);
  };
  return { ...shared, uri };
}

function at(base: string, close: () => Promise<void>): TestMongo {
  const uri = (database: string) => {
    const url = new URL(base);
    url.pathname = `/${database}`;
    return url.toString();
  };
  return { uri, close, [Symbol.asyncDispose]: close };
}

async function end(child: ChildProcess, folder: TemporaryFolder): Promise<void> {
  if (child.exitCode === null && child.signalCode === null) {
    const ended = new Promise((resolve) => child.once('exit', resolve));
    child.kill('SIGTERM');
    await ended;
  }
  folder.remove();
}
