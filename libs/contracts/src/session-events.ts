import { type Static, type TSchema, Type } from 'typebox';
import { Count, Hash, Strict, Timestamp } from './schemas.ts';
import { Session, StopReason } from './session-record.ts';
import { Anchor, AnchoringStatus, SessionStatus, Statistics } from './session-types.ts';

/** The subprotocol of the live feed; a client that cannot set headers adds `bearer.<access token>` beside it. */
export const EVENTS_PROTOCOL = 'lucid.events.v1';
export const BEARER_PROTOCOL = 'bearer.';

/** Why a feed was closed: RFC 6455 codes, and 4401 for a token that is good no longer. */
export const FEED_CLOSE = { ended: 1000, goingAway: 1012, tryLater: 1013, tokenEnded: 4401 } as const;

const frame = <Kind extends string, Fields extends Record<string, TSchema>>(type: Kind, fields: Fields) =>
  Strict({
    type: Type.Literal(type),
    /** Counts the frames of this connection from 1: none is missing unless a number is. */
    sequence: Type.Integer({ minimum: 1 }),
    at: Timestamp,
    ...fields,
  });

/** One text frame of the feed. The first is always `snapshot`, the last of a session that has ended `end`. */
export const SessionEvent = Type.Union([
  frame('snapshot', { session: Session }),
  frame('status', {
    status: SessionStatus,
    pipeline_status: Type.String(),
    stop_reason: Type.Optional(StopReason),
    error: Type.Optional(Type.String()),
  }),
  frame('statistics', { statistics: Statistics }),
  frame('chunks_stored', { chunks_stored: Count, stored_bytes: Count }),
  frame('checkpoint', { live_anchoring: Session.properties.live_anchoring }),
  frame('anchoring', {
    anchoring_status: AnchoringStatus,
    merkle_root: Type.Optional(Hash),
    anchor: Type.Optional(Anchor),
  }),
  frame('end', { status: SessionStatus }),
]);
export type SessionEvent = Static<typeof SessionEvent>;
