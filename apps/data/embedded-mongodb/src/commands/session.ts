import type { Conversation } from '../domain/scram.ts';

/** What one connection has told us. */
export interface Session {
  connectionId: number;
  /** `address:port` of the client. */
  remote: string;
  user: string | undefined;
  /** Logging in is not asked for at all. */
  trusted: boolean;
  conversation: Conversation | undefined;
  conversationId: number;
  /** A login has just succeeded; the client may ask once more. */
  finished: boolean;
}
