/** What a command handler gets and gives. */
import type { Engine } from '../adapters/engine.ts';
import type { ScanCounts } from '../adapters/scan.ts';
import type { Doc } from '../domain/bson/types.ts';
import type { Environment } from '../domain/expression/environment.ts';
import type { Request } from '../domain/wire/messages.ts';
import type { Session } from './session.ts';

export interface CommandContext {
  engine: Engine;
  session: Session;
  request: Request;
  command: Doc;
  name: string;
  db: string;
  environment: Environment;
  counts: ScanCounts;
  /** Set by commands that write: the answer waits until the write is committed and, unless waived, on disk. */
  wrote: boolean;
  checkTime: (() => void) | undefined;
}

/** A cursor answer whose documents are already BSON. */
export class CursorReply {
  readonly field: 'firstBatch' | 'nextBatch';
  readonly id: bigint;
  readonly namespace: string;
  readonly docs: Uint8Array[];

  constructor(field: 'firstBatch' | 'nextBatch', id: bigint, namespace: string, docs: Uint8Array[]) {
    this.field = field;
    this.id = id;
    this.namespace = namespace;
    this.docs = docs;
  }
}

export type Reply = Doc | CursorReply;
export type Handler = (context: CommandContext) => Reply;

export interface CommandDefinition {
  run: Handler;
  /** May be called before logging in. @default false */
  open?: boolean;
  /** Retried writes get the stored answer. @default false */
  retryable?: boolean;
  /** Fields the command knows besides the generic ones; others are refused. Without it, everything is taken. */
  fields?: readonly string[];
}

export type Commands = Readonly<Record<string, CommandDefinition>>;
