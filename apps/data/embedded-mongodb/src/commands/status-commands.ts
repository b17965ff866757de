/**
 * What the server says about itself. `hello` presents a mongos: drivers then allow retryable writes and keep to the address
 * they were given, whatever name or port mapping led to it. A replica set would have to name an address of its own.
 */
import { arch, cpus, hostname, platform, release, totalmem } from 'node:os';
import { UUID } from 'bson';
import { SESSION_TIMEOUT_MINUTES } from '../adapters/retryable-writes.ts';
import { MAX_DOCUMENT_BYTES } from '../domain/bson/codec.ts';
import { count, double, int } from '../domain/bson/numbers.ts';
import { type Doc, isBinary, isDocument } from '../domain/bson/types.ts';
import { MAX_MESSAGE_BYTES } from '../domain/wire/messages.ts';
import { errors } from '../errors.ts';
import { collectionName } from './arguments.ts';
import { saslStart, supportedMechanisms } from './auth-commands.ts';
import type { CommandContext, Commands, Handler } from './command.ts';
import { MAX_WRITE_BATCH } from './insert-command.ts';

const VERSION = '7.0.0';
/** MongoDB 7.0. */
const MAX_WIRE_VERSION = 21;

const hello: Handler = (context) => {
  const { command, engine, name, session } = context;
  const speculative = command.speculativeAuthenticate;
  return {
    ...(name === 'hello' ? { isWritablePrimary: true } : { ismaster: true }),
    msg: 'isdbgrid',
    helloOk: true,
    maxBsonObjectSize: int(MAX_DOCUMENT_BYTES),
    maxMessageSizeBytes: int(MAX_MESSAGE_BYTES),
    maxWriteBatchSize: int(MAX_WRITE_BATCH),
    localTime: new Date(engine.clock.nowMs()),
    logicalSessionTimeoutMinutes: int(SESSION_TIMEOUT_MINUTES),
    connectionId: int(session.connectionId),
    minWireVersion: int(0),
    maxWireVersion: int(MAX_WIRE_VERSION),
    readOnly: false,
    ...(typeof command.saslSupportedMechs === 'string' ? { saslSupportedMechs: supportedMechanisms() } : {}),
    ...(isDocument(speculative) ? speculate(context, speculative) : {}),
  };
};

/** A first message of a login inside `hello`; what cannot be done is left out, and the driver logs in the long way. */
function speculate(context: CommandContext, speculative: Doc): Doc {
  const db = typeof speculative.db === 'string' ? speculative.db : context.db;
  if (speculative.mechanism !== 'SCRAM-SHA-256') return {};
  return { speculativeAuthenticate: saslStart({ ...context, db, command: speculative, name: 'saslStart' }) };
}

const buildInfo: Handler = () => ({
  version: VERSION,
  versionArray: VERSION.split('.').map(Number).concat(0).map(int),
  gitVersion: 'lucid-embedded-mongodb',
  modules: ['lucid-embedded'],
  bits: int(64),
  debug: false,
  maxBsonObjectSize: int(MAX_DOCUMENT_BYTES),
  storageEngines: ['sqlite'],
});

const serverStatus: Handler = ({ engine, session }) => {
  const uptimeMs = engine.clock.nowMs() - engine.startedAtMs;
  return {
    host: hostname(),
    version: VERSION,
    process: 'mongos',
    pid: count(process.pid),
    uptime: double(Math.floor(uptimeMs / 1000)),
    uptimeMillis: count(uptimeMs),
    localTime: new Date(engine.clock.nowMs()),
    connections: { current: int(session.connectionId > 0 ? 1 : 0) },
    metrics: { cursor: { open: { total: int(engine.cursors.size) } } },
    storageEngine: { name: 'sqlite', persistent: true },
  };
};

const collStats: Handler = (context) => {
  const { engine, db } = context;
  const name = collectionName(context);
  const collection = engine.catalog.get(db, name);
  const ns = `${db}.${name}`;
  if (!collection)
    return {
      ns,
      count: int(0),
      size: int(0),
      storageSize: int(0),
      nindexes: int(0),
      totalIndexSize: int(0),
      indexSizes: {},
    };
  const n = collection.count();
  const size = collection.sizeBytes();
  return {
    ns,
    count: count(n),
    size: count(size),
    ...(n > 0 ? { avgObjSize: count(Math.round(size / n)) } : {}),
    storageSize: count(size),
    capped: false,
    nindexes: int(collection.indexes.length),
    totalSize: count(size),
  };
};

const dbStats: Handler = ({ engine, db }) => {
  const collections = engine.catalog.ofDatabase(db);
  const objects = collections.reduce((sum, collection) => sum + collection.count(), 0);
  const dataSize = collections.reduce((sum, collection) => sum + collection.sizeBytes(), 0);
  return {
    db,
    collections: count(collections.length),
    views: int(0),
    objects: count(objects),
    avgObjSize: double(objects > 0 ? dataSize / objects : 0),
    dataSize: double(dataSize),
    storageSize: double(dataSize),
    indexes: count(collections.reduce((sum, { indexes }) => sum + indexes.length, 0)),
    totalSize: double(dataSize),
  };
};

const connectionStatus: Handler = ({ session }) => ({
  authInfo: {
    authenticatedUsers: session.user === undefined ? [] : [{ user: session.user, db: 'admin' }],
    authenticatedUserRoles: session.user === undefined ? [] : [{ role: 'root', db: 'admin' }],
  },
});

const getParameter: Handler = ({ command }) => {
  const parameters: Doc = {
    featureCompatibilityVersion: { version: '7.0' },
    authenticationMechanisms: supportedMechanisms(),
  };
  if (command.getParameter === '*') return parameters;
  const known = Object.fromEntries(Object.entries(parameters).filter(([name]) => name in command));
  if (Object.keys(known).length === 0) throw errors.invalidOptions('no option found to get');
  return known;
};

const hostInfo: Handler = ({ engine }) => ({
  system: {
    currentTime: new Date(engine.clock.nowMs()),
    hostname: hostname(),
    cpuAddrSize: int(64),
    memSizeMB: count(Math.floor(totalmem() / 2 ** 20)),
    numCores: int(cpus().length),
    cpuArch: arch(),
  },
  os: { type: platform(), name: platform(), version: release() },
  extra: {},
});

const endSessions: Handler = (context) => {
  const { command, engine, name } = context;
  for (const session of Array.isArray(command[name]) ? command[name] : []) {
    const id = isDocument(session) ? session.id : undefined;
    if (isBinary(id)) engine.retryableWrites.forget(id.value());
  }
  return {};
};

const startSession: Handler = ({ engine }) => ({
  id: { id: new UUID(engine.random.uuid()) },
  timeoutMinutes: int(SESSION_TIMEOUT_MINUTES),
});

const getLog: Handler = ({ command }) =>
  command.getLog === '*' ? { names: ['global', 'startupWarnings'] } : { totalLinesWritten: int(0), log: [] };

const nothing: Handler = () => ({});
const refusedTransaction: Handler = ({ name }) => {
  throw errors.illegalOperation(`${name}: transactions are not supported by this server`);
};

export const STATUS_COMMANDS: Commands = {
  hello: { run: hello, open: true },
  isMaster: { run: hello, open: true },
  ismaster: { run: hello, open: true },
  ping: { run: nothing, open: true },
  buildInfo: { run: buildInfo, open: true },
  buildinfo: { run: buildInfo, open: true },
  whatsmyip: { run: ({ session }) => ({ you: session.remote }), open: true },
  connectionStatus: { run: connectionStatus, open: true },
  serverStatus: { run: serverStatus },
  collStats: { run: collStats },
  dbStats: { run: dbStats },
  dbstats: { run: dbStats },
  getParameter: { run: getParameter },
  hostInfo: { run: hostInfo },
  getCmdLineOpts: { run: () => ({ argv: [], parsed: {} }) },
  getLog: { run: getLog },
  startSession: { run: startSession },
  endSessions: { run: endSessions },
  killSessions: { run: endSessions },
  refreshSessions: { run: nothing },
  commitTransaction: { run: refusedTransaction },
  abortTransaction: { run: refusedTransaction },
};
