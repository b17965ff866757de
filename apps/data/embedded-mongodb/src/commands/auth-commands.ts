/** Logging in with SCRAM-SHA-256. */
import { createHmac } from 'node:crypto';
import { Binary } from 'bson';
import { int, toNumber } from '../domain/bson/numbers.ts';
import { type Doc, isBinary, isNumber } from '../domain/bson/types.ts';
import {
  type Conversation,
  finishConversation,
  ITERATIONS,
  type ScramKeys,
  startConversation,
  userOf,
} from '../domain/scram.ts';
import { errors } from '../errors.ts';
import type { CommandContext, Commands } from './command.ts';

export const supportedMechanisms = (): string[] => ['SCRAM-SHA-256'];

const refused = (): Error => errors.authenticationFailed('Authentication failed.');

const payloadOf = (context: CommandContext): string => {
  const { payload } = context.command;
  if (!isBinary(payload)) throw errors.badValue('the SASL payload must be binary');
  return Buffer.from(payload.value()).toString('utf8');
};

const answer = (context: CommandContext, text: string, done: boolean): Doc => ({
  conversationId: int(context.session.conversationId),
  done,
  payload: new Binary(Buffer.from(text)),
});

/** Keys that no password fits, the same for the same name: an unknown user cannot be told from a known one. */
function decoyKeys(context: CommandContext, user: string): ScramKeys {
  const secret = context.engine.decoySecret;
  const bytes = (label: string): Buffer => createHmac('sha256', secret).update(`${label}:${user}`).digest();
  return {
    salt: bytes('salt').subarray(0, 28),
    iterations: ITERATIONS,
    storedKey: bytes('stored'),
    serverKey: bytes('server'),
  };
}

export function saslStart(context: CommandContext): Doc {
  const { command, db, engine, session } = context;
  if (command.mechanism !== 'SCRAM-SHA-256')
    throw errors.badValue(
      `Received authentication for mechanism ${String(command.mechanism)} which is not enabled`,
    );
  const clientFirst = payloadOf(context);
  const user = userOf(clientFirst);
  const keys = db === 'admin' ? engine.users.find(user) : undefined;
  const nonce = engine.random.bytes(24).toString('base64');
  session.conversationId += 1;
  session.conversation = startConversation(
    clientFirst,
    nonce,
    keys ?? decoyKeys(context, user),
    keys !== undefined,
  );
  return answer(context, session.conversation.serverFirst, false);
}

function saslContinue(context: CommandContext): Doc {
  const { command, session } = context;
  const { conversation } = session;
  if (session.finished && isNumber(command.conversationId)) {
    session.finished = false;
    return answer(context, '', true);
  }
  if (
    !conversation ||
    !isNumber(command.conversationId) ||
    toNumber(command.conversationId) !== session.conversationId
  )
    throw errors.protocolError('No SASL session state found');
  session.conversation = undefined;
  const signature = finish(context, conversation);
  session.user = conversation.user;
  // The driver may want a last, empty round; the login itself is complete.
  session.finished = true;
  return answer(context, signature, true);
}

function finish(context: CommandContext, conversation: Conversation): string {
  try {
    return finishConversation(conversation, payloadOf(context));
  } catch {
    // Whatever was wrong with the proof, the client learns no more than that it was refused.
    throw refused();
  }
}

export const AUTH_COMMANDS: Commands = {
  saslStart: { run: saslStart, open: true },
  saslContinue: { run: saslContinue, open: true },
  authenticate: {
    run: () => {
      throw errors.badValue('only SCRAM-SHA-256 is supported by this server');
    },
    open: true,
  },
  logout: {
    run: ({ session }) => {
      session.user = undefined;
      return {};
    },
    open: true,
  },
};
