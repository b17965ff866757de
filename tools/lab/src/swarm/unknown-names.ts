/**
 * The name server behind the nodes' own: it says of every name that it does not exist. Docker asks it for
 * names that no task has; a real network's server would say the same, and without one every such question
 * hangs for seconds. Run as `node unknown-names.ts ADDRESS`.
 */
import { createSocket } from 'node:dgram';

const HEADER_BYTES = 12;
const NAME_ERROR = 3;

/** The answer "no such name" to a query, `undefined` for what is none; see RFC 1035, section 4.1. */
export function noSuchName(query: Buffer): Buffer | undefined {
  if (query.length < HEADER_BYTES || (query.readUInt8(2) & 0x80) !== 0) return undefined;
  let end = HEADER_BYTES;
  while ((query[end] ?? 0) !== 0) end += (query[end] ?? 0) + 1;
  end += 1 + 4; // the empty label, type, class
  if (query.readUInt16BE(4) !== 1 || end > query.length) return undefined;
  const answer = Buffer.from(query.subarray(0, end));
  answer.writeUInt8((query.readUInt8(2) & 0x79) | 0x84, 2); // a response, authoritative; opcode and RD as asked
  answer.writeUInt8(0x80 | NAME_ERROR, 3); // recursion is available
  answer.fill(0, 6, HEADER_BYTES); // no answers, no authority, nothing additional
  return answer;
}

if (import.meta.main) {
  const socket = createSocket('udp4');
  socket.on('message', (query, from) => {
    const answer = noSuchName(query);
    if (answer !== undefined) socket.send(answer, from.port, from.address);
  });
  socket.bind(53, process.argv[2]);
}
