import type { sessionAnchoring } from '@lucid/contracts';
import { type Handlers, Reply, type ServiceContext } from '@lucid/service';
import type { Deps } from './adapters/connect.ts';
import { requestAnchoring } from './adapters/request-anchoring.ts';
import { verifyAnchoring } from './adapters/verify-anchoring.ts';
import { type AnchoringDocument, toAnchoring } from './domain/anchoring-document.ts';
import { errors } from './errors.ts';

const DAY_MS = 86_400_000;

export const routes = (deps: Deps, context: ServiceContext): Handlers<typeof sessionAnchoring> => {
  const { anchorings, engine } = deps;
  const { clock } = context;

  /** Somebody else's is as good as none. @param userId undefined for a service, which may see all */
  const found = async (sessionId: string, userId: string | undefined): Promise<AnchoringDocument> => {
    const document = await anchorings.find(sessionId);
    if (!document || (userId !== undefined && document.user_id !== userId))
      throw errors.ANCHORING_NOT_FOUND();
    return document;
  };

  return {
    anchorSession: async ({ body }) => {
      const document = await requestAnchoring(deps, body, context);
      const isOnItsWay = document.status === 'pending' || document.status === 'processing';
      return new Reply(isOnItsWay ? 202 : 200, toAnchoring(document));
    },

    anchoringStatus: async () => {
      const midnight = new Date(Math.floor(clock.nowMs() / DAY_MS) * DAY_MS).toISOString();
      const { pending, processing, confirmedSince, averageConfirmationSeconds } =
        await anchorings.counts(midnight);
      const isDraining = context.lifecycle.state !== 'running';
      return {
        status: isDraining ? 'draining' : pending > 0 ? 'busy' : 'ready',
        pending,
        processing,
        completed_today: confirmedSince,
        average_confirmation_seconds: averageConfirmationSeconds,
      } as const;
    },

    getAnchoring: async ({ params, user }) => toAnchoring(await found(params.session_id, user?.id)),

    verifyAnchoring: async ({ body, user }) =>
      verifyAnchoring(engine, await found(body.session_id, user.id), body),
  };
};
