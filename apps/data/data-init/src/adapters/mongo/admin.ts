import { type Document, MongoClient, MongoServerError } from 'mongodb';

/** What the job asks of members; the driver behind it, or a simulated set in tests. */
export interface MongoAdmin {
  /** The answer of `hello`, which needs no login. @throws when the member cannot be reached */
  hello(host: string): Promise<Document>;
  /** A command on the database admin, logged in. @throws MongoServerError with MongoDB's code; others when it cannot be reached */
  command(host: string, command: Document): Promise<Document>;
  close(): Promise<void>;
}

export interface Login {
  readonly username: string;
  readonly password: string;
}

const CONNECT_TIMEOUT_MS = 3000;
/** Initiating waits for heartbeats of all members, a reconfiguration for a majority. */
const COMMAND_TIMEOUT_MS = 30_000;

/** Direct connections, never to "the set": members are asked one by one, also those that know no set yet. */
export function openAdmin({ username, password }: Login): MongoAdmin {
  const strangers = new Map<string, MongoClient>();
  const clients = new Map<string, MongoClient>();
  const client = (kept: Map<string, MongoClient>, host: string, auth?: Login): MongoClient => {
    const known = kept.get(host);
    if (known !== undefined) return known;
    const made = new MongoClient(`mongodb://${host}/?directConnection=true`, {
      appName: 'lucid-data-init',
      authSource: 'admin',
      ...(auth ? { auth } : {}),
      connectTimeoutMS: CONNECT_TIMEOUT_MS,
      serverSelectionTimeoutMS: CONNECT_TIMEOUT_MS,
      socketTimeoutMS: COMMAND_TIMEOUT_MS,
      maxPoolSize: 1,
      retryReads: false,
      retryWrites: false,
      monitorCommands: false,
    });
    kept.set(host, made);
    return made;
  };
  /** A client whose connection failed stays closed for good: it is dropped, and the next round makes another. */
  const ask = async (kept: Map<string, MongoClient>, host: string, command: Document, auth?: Login) => {
    try {
      return await client(kept, host, auth).db('admin').command(command);
    } catch (error) {
      if (serverCode(error) !== undefined) throw error;
      const failed = kept.get(host);
      kept.delete(host);
      await failed?.close();
      throw error;
    }
  };
  return {
    hello: (host) => ask(strangers, host, { hello: 1 }),
    command: (host, command) => ask(clients, host, command, { username, password }),
    close: async () => {
      await Promise.all([...strangers.values(), ...clients.values()].map((it) => it.close()));
    },
  };
}

/** MongoDB's numbers (mongo/src/mongo/base/error_codes.yml) for the answers this job knows. */
export const CODE = {
  unauthorized: 13,
  authenticationFailed: 18,
  alreadyInitialized: 23,
  nodeNotFound: 74,
  noReplicationEnabled: 76,
  shutdownInProgress: 91,
  invalidReplicaSetConfig: 93,
  notYetInitialized: 94,
  newConfigurationIncompatible: 103,
  configurationInProgress: 109,
  cannotInitializeNodeWithData: 110,
  primarySteppedDown: 189,
  currentConfigNotCommittedYet: 308,
  notWritablePrimary: 10107,
  interruptedDueToReplicaStateChange: 11602,
} as const;

/** MongoDB's code of a refusal, undefined when the server was not reached or said nothing. */
export const serverCode = (error: unknown): number | undefined =>
  error instanceof MongoServerError && typeof error.code === 'number' ? error.code : undefined;
