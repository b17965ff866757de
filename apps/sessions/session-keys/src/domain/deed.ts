import type { KeyAuditEntry } from '@lucid/contracts';

/** Who asks, as far as the callee can know: the service by its token, the user as that service says. */
export interface Asker {
  readonly caller: string;
  readonly userId: string | undefined;
  readonly requestId: string;
}

/** What is about to be done with a key. */
export interface Deed extends Asker {
  readonly event: KeyAuditEntry['event'];
  readonly sessionId: string;
  readonly sequenceNumber?: number;
}
