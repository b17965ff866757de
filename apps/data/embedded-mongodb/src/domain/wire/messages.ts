/**
 * The wire protocol: OP_MSG, and of the legacy opcodes OP_QUERY, with which drivers say hello.
 * https://www.mongodb.com/docs/manual/reference/mongodb-wire-protocol/
 */
import { errors } from '../../errors.ts';
import { decode } from '../bson/codec.ts';
import type { Doc } from '../bson/types.ts';

export const OP_REPLY = 1;
export const OP_QUERY = 2004;
export const OP_COMPRESSED = 2012;
export const OP_MSG = 2013;

export const HEADER_BYTES = 16;
/** MongoDB's `maxMessageSizeBytes`. */
export const MAX_MESSAGE_BYTES = 48_000_000;

const CHECKSUM_PRESENT = 1;
const MORE_TO_COME = 2;
/** Bits 0–15 are required: an unknown one must be refused. Bit 16, exhaustAllowed, may be ignored. */
const KNOWN_REQUIRED_BITS = 0b11;

/** A document that came in a sequence, with its bytes: they are stored as they are. */
export interface SequenceDocument {
  doc: Doc;
  bytes: Buffer;
}

export interface Request {
  requestId: number;
  opcode: typeof OP_MSG | typeof OP_QUERY;
  /** The command; document sequences are fields of it, and their bytes are in `sequences`. */
  command: Doc;
  sequences: Map<string, SequenceDocument[]>;
  database: string;
  /** The client does not read an answer. */
  moreToCome: boolean;
}

const malformed = (why: string): Error => errors.protocolError(`malformed message: ${why}`);

/** @throws CommandError ProtocolError or InvalidBSON; the connection cannot go on then */
export function parseMessage(message: Buffer): Request {
  const requestId = message.readInt32LE(4);
  const opcode = message.readInt32LE(12);
  try {
    if (opcode === OP_MSG) return parseMsg(message, requestId);
    if (opcode === OP_QUERY) return parseQuery(message, requestId);
  } catch (error) {
    if (error instanceof RangeError) throw malformed('it ends too early');
    throw error;
  }
  throw malformed(`opcode ${opcode} is not supported`);
}

/** The BSON document at the offset, as bytes. */
function documentAt(message: Buffer, offset: number, end: number): Buffer {
  const size = message.readInt32LE(offset);
  if (size < 5 || offset + size > end) throw malformed('a document is longer than its message');
  return message.subarray(offset, offset + size);
}

function parseMsg(message: Buffer, requestId: number): Request {
  const flags = message.readUInt32LE(HEADER_BYTES);
  if ((flags & 0xffff & ~KNOWN_REQUIRED_BITS) !== 0) throw malformed('unknown required flags');
  const end = message.length - (flags & CHECKSUM_PRESENT ? 4 : 0);
  let command: Doc | undefined;
  const sequences = new Map<string, SequenceDocument[]>();
  for (let offset = HEADER_BYTES + 4; offset < end; ) {
    const kind = message.readUInt8(offset);
    offset += 1;
    if (kind === 0) {
      const bytes = documentAt(message, offset, end);
      if (command) throw malformed('two bodies');
      command = decode(bytes);
      offset += bytes.length;
    } else if (kind === 1) {
      offset = parseSequence(message, offset, end, sequences);
    } else throw malformed(`section kind ${kind}`);
  }
  if (!command) throw malformed('no body');
  for (const [name, documents] of sequences) command[name] = documents.map(({ doc }) => doc);
  const database = typeof command.$db === 'string' ? command.$db : '';
  return {
    requestId,
    opcode: OP_MSG,
    command,
    sequences,
    database,
    moreToCome: (flags & MORE_TO_COME) !== 0,
  };
}

function parseSequence(
  message: Buffer,
  start: number,
  end: number,
  sequences: Map<string, SequenceDocument[]>,
): number {
  const size = message.readInt32LE(start);
  if (size < 5 || start + size > end) throw malformed('a document sequence is longer than its message');
  const nameEnd = message.indexOf(0, start + 4);
  if (nameEnd < 0 || nameEnd >= start + size) throw malformed('a document sequence has no name');
  const documents: SequenceDocument[] = [];
  for (let offset = nameEnd + 1; offset < start + size; ) {
    const bytes = documentAt(message, offset, start + size);
    documents.push({ doc: decode(bytes), bytes });
    offset += bytes.length;
  }
  sequences.set(message.toString('utf8', start + 4, nameEnd), documents);
  return start + size;
}

function parseQuery(message: Buffer, requestId: number): Request {
  const nameEnd = message.indexOf(0, HEADER_BYTES + 4);
  if (nameEnd < 0) throw malformed('no collection name');
  const namespace = message.toString('utf8', HEADER_BYTES + 4, nameEnd);
  const command = decode(documentAt(message, nameEnd + 9, message.length));
  const inner = '$query' in command ? (command.$query as Doc) : command;
  const database = namespace.split('.')[0] ?? '';
  if (!namespace.endsWith('.$cmd')) throw malformed('legacy queries are not supported');
  return { requestId, opcode: OP_QUERY, command: inner, sequences: new Map(), database, moreToCome: false };
}

/** An answer's bytes around an encoded document. */
export function frameReply(
  opcode: Request['opcode'],
  requestId: number,
  responseTo: number,
  body: Buffer,
): Buffer {
  const extra = opcode === OP_MSG ? 5 : 20;
  const message = Buffer.alloc(HEADER_BYTES + extra);
  message.writeInt32LE(message.length + body.length, 0);
  message.writeInt32LE(requestId, 4);
  message.writeInt32LE(responseTo, 8);
  message.writeInt32LE(opcode === OP_MSG ? OP_MSG : OP_REPLY, 12);
  if (opcode === OP_QUERY) message.writeInt32LE(1, message.length - 4);
  return Buffer.concat([message, body]);
}
