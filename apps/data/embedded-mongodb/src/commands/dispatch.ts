/**
 * From a request to the bytes of its answer:
 * known? → logged in? → no transaction → retried? → run → remember the answer → wait until it is durable.
 */
import type { Engine } from '../adapters/engine.ts';
import { timeLimit } from '../adapters/query.ts';
import { encode } from '../domain/bson/codec.ts';
import { double, int, toNumber, wholeNumber } from '../domain/bson/numbers.ts';
import { type Doc, isBinary, isDocument, isNumber } from '../domain/bson/types.ts';
import type { Request } from '../domain/wire/messages.ts';
import { CommandError, errors } from '../errors.ts';
import { int64, refuseUnknownFields } from './arguments.ts';
import { type CommandContext, type CommandDefinition, CursorReply, type Reply } from './command.ts';
import { encodeCursorReply } from './cursor-replies.ts';
import { commandNamed } from './registry.ts';
import type { Session } from './session.ts';

export interface Answer {
  body: Buffer;
  command: string;
  /** The error of a failed command. */
  error: unknown;
}

/** Never rejects: whatever goes wrong becomes an answer. */
export async function dispatch(engine: Engine, session: Session, request: Request): Promise<Answer> {
  const name = Object.keys(request.command)[0] ?? '';
  const context = contextOf(engine, session, request, name);
  try {
    const definition = commandNamed(name);
    if (!definition) throw errors.commandNotFound(`no such command: '${name}'`);
    admit(context, definition);
    const reply = execute(context, definition);
    const concern = writeConcernOf(context);
    if (context.wrote) await engine.disk.settled(concern.durable);
    else if (wantsDurableRead(context)) await engine.disk.settled(true);
    engine.documentsScanned += context.counts.docs;
    return { body: encodeReply(reply, concern.error), command: name, error: undefined };
  } catch (error) {
    return { body: encode(errorReply(error)), command: commandNamed(name) ? name : 'unknown', error };
  }
}

function contextOf(engine: Engine, session: Session, request: Request, name: string): CommandContext {
  const { command } = request;
  const nowMs = engine.clock.nowMs();
  const maxTimeMs = isNumber(command.maxTimeMS) ? toNumber(command.maxTimeMS) : 0;
  return {
    engine,
    session,
    request,
    command,
    name,
    db: request.database,
    environment: {
      nowMs,
      fraction: () => engine.random.fraction(),
      variables: isDocument(command.let) ? { ...command.let } : {},
    },
    counts: { keys: 0, docs: 0 },
    wrote: false,
    checkTime: timeLimit(name === 'getMore' ? 0 : maxTimeMs, () => engine.clock.monotonicMs()),
  };
}

/** @throws CommandError when the command must not run at all */
function admit(context: CommandContext, definition: CommandDefinition): void {
  const { command, name, request, session } = context;
  if (!definition.open && session.user === undefined && !session.trusted)
    throw errors.unauthorized(`command ${name} requires authentication`);
  if (request.database === '') throw errors.location(40571, 'OP_MSG requests require a $db argument');
  if (command.startTransaction !== undefined || command.autocommit !== undefined)
    throw errors.illegalOperation(
      'Transaction numbers are only allowed on a replica set member or mongos: multi-document transactions are not supported by this server',
    );
  if (command.maxTimeMS !== undefined && (wholeNumber(command.maxTimeMS) ?? -1) < 0)
    throw errors.badValue('maxTimeMS must be a whole number that is not negative');
  if (definition.fields) refuseUnknownFields(name, command, definition.fields);
}

function execute(context: CommandContext, definition: CommandDefinition): Reply {
  const { command, engine } = context;
  const number = int64(command.txnNumber);
  const id = isDocument(command.lsid) ? command.lsid.id : undefined;
  if (!definition.retryable || number === undefined || !isBinary(id)) return definition.run(context);
  const session = id.value();
  const known = engine.retryableWrites.find(session, number);
  if (known) {
    // The first answer may have been lost before its write was on disk: this one waits for it too.
    context.wrote = true;
    return known;
  }
  const reply = definition.run(context) as Doc;
  engine.disk.beginWrite();
  context.wrote = true;
  engine.retryableWrites.store(session, number, reply, engine.clock.nowMs());
  return reply;
}

const wantsDurableRead = ({ command }: CommandContext): boolean =>
  isDocument(command.readConcern) && ['majority', 'linearizable'].includes(String(command.readConcern.level));

/** Everything is fsynced before it is acknowledged, unless the client waives that with `{w: 0 or 1, j: false}`. */
function writeConcernOf({ command }: CommandContext): { durable: boolean; error: Doc | undefined } {
  const concern = isDocument(command.writeConcern) ? command.writeConcern : {};
  const { w, j } = concern;
  const members = isNumber(w) ? toNumber(w) : 1;
  const waived = (j === false && w !== 'majority') || (members === 0 && j !== true);
  if (members > 1)
    return {
      durable: true,
      error: {
        code: int(100),
        codeName: 'UnsatisfiableWriteConcern',
        errmsg: 'Not enough data-bearing nodes',
      },
    };
  if (typeof w === 'string' && w !== 'majority')
    return {
      durable: true,
      error: {
        code: int(79),
        codeName: 'UnknownReplWriteConcern',
        errmsg: `No write concern mode named '${w}' found`,
      },
    };
  return { durable: !waived, error: undefined };
}

function encodeReply(reply: Reply, concernError: Doc | undefined): Buffer {
  if (reply instanceof CursorReply) return encodeCursorReply(reply);
  return encode({
    ...reply,
    ...(concernError && 'n' in reply ? { writeConcernError: concernError } : {}),
    ok: double(1),
  });
}

function errorReply(error: unknown): Doc {
  const known = error instanceof CommandError ? error : sqliteError(error);
  return {
    ok: double(0),
    errmsg: known.message,
    code: int(known.code),
    codeName: known.codeName,
    ...known.extra,
  };
}

/** Errors of SQLite in MongoDB's terms; anything else is ours and is logged by the caller. */
function sqliteError(error: unknown): CommandError {
  const { message, errcode } = error as Error & { errcode?: number };
  /** https://www.sqlite.org/rescode.html */
  const SQLITE_FULL = 13;
  if (errcode === SQLITE_FULL) return errors.outOfDiskSpace('the disk is full');
  if (/no such table/.test(message)) return new CommandError(175, 'QueryPlanKilled', 'collection dropped');
  return errors.internal('internal error; the log of the server has it');
}
