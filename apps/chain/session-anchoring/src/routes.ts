import type { sessionAnchoring } from '@lucid/contracts';
import { type Handlers, Reply, type ServiceContext } from '@lucid/service';
import type { Deps } from './adapters/deps.ts';
import { putCheckpoint } from './adapters/put-checkpoint.ts';
import { requestAnchoring } from './adapters/request-anchoring.ts';
import { sessionEvidence } from './adapters/session-evidence.ts';
import { verifyAnchoring } from './adapters/verify-anchoring.ts';
import { type AnchoringDocument, toAnchoring } from './domain/anchoring-document.ts';
import { toCheckpoint } from './domain/checkpoint-document.ts';
import type { Delivery } from './domain/delivery.ts';
import { errors } from './errors.ts';

const DAY_MS = 86_400_000;

const isOnItsWay = ({ status }: Delivery): boolean => status === 'pending' || status === 'processing';

export const routes = (deps: Deps, context: ServiceContext): Handlers<typeof sessionAnchoring> => {
  const { anchorings, checkpoints, worker, engine, instruments } = deps;
  const { clock } = context;

  /** Somebody else's is as good as none. @param userId undefined for a service, which may see all */
  const found = async (sessionId: string, userId: string | undefined): Promise<AnchoringDocument> => {
    const document = await anchorings.find(sessionId);
    if (!document || (userId !== undefined && document.user_id !== userId))
      throw errors.ANCHORING_NOT_FOUND();
    return document;
  };

  /** @throws 6401 when neither anchor nor checkpoint of this session is the user's */
  const mayLook = async (sessionId: string, userId: string | undefined): Promise<void> => {
    const [anchoring, [first]] = await Promise.all([
      anchorings.find(sessionId),
      checkpoints.list(sessionId, 0, 1),
    ]);
    const owner = anchoring?.user_id ?? first?.user_id;
    if (owner === undefined || (userId !== undefined && owner !== userId)) throw errors.ANCHORING_NOT_FOUND();
  };

  return {
    anchorSession: async ({ body }) => {
      const document = await requestAnchoring(deps, body, context);
      return new Reply(isOnItsWay(document) ? 202 : 200, toAnchoring(document));
    },

    retryAnchoring: async ({ params }) => {
      await found(params.session_id, undefined);
      await anchorings.revive(params.session_id);
      const last = await checkpoints.last(params.session_id);
      if (last?.seal && last.sequence > 1)
        for (const one of await checkpoints.list(params.session_id, last.sequence - 2, 1))
          await checkpoints.revive(one._id);
      worker.nudge();
      return toAnchoring(await found(params.session_id, undefined));
    },

    putCheckpoint: async ({ params, body }) => {
      const { checkpoint } = await putCheckpoint(deps, { ...params, ...body });
      return new Reply(isOnItsWay(checkpoint) ? 202 : 200, toCheckpoint(checkpoint));
    },

    listCheckpoints: async ({ params, query, user }) => {
      await mayLook(params.session_id, user?.id);
      const [listed, total] = await Promise.all([
        checkpoints.list(params.session_id, query.after ?? 0, query.limit ?? 1000),
        checkpoints.total(params.session_id),
      ]);
      return { checkpoints: listed.map(toCheckpoint), total };
    },

    sessionEvidence: async ({ params, query, user }) => {
      await mayLook(params.session_id, user?.id);
      return sessionEvidence(deps, params.session_id, { after: query.after ?? 0, limit: query.limit ?? 20 });
    },

    anchoringStatus: async () => {
      const midnight = new Date(Math.floor(clock.nowMs() / DAY_MS) * DAY_MS).toISOString();
      const [counts, ofCheckpoints] = await Promise.all([anchorings.counts(midnight), checkpoints.counts()]);
      const { pending, processing, confirmedSince, failedSince, averageConfirmationSeconds } = counts;
      const isDraining = context.lifecycle.state !== 'running';
      const working = engine.isAnswering ? (pending > 0 ? 'busy' : 'ready') : 'error';
      return {
        status: isDraining ? 'draining' : working,
        pending,
        processing,
        completed_today: confirmedSince,
        failed_today: failedSince,
        average_confirmation_seconds: averageConfirmationSeconds,
        queue_limit: deps.maxWaiting,
        checkpoints: ofCheckpoints,
      } as const;
    },

    getAnchoring: async ({ params, user }) => toAnchoring(await found(params.session_id, user?.id)),

    verifyAnchoring: async ({ body, user }) => {
      const report = await verifyAnchoring(deps, await found(body.session_id, user.id), body);
      instruments.anchoring_verifications_total.inc({ result: report.verified ? 'verified' : 'refused' });
      return report;
    },
  };
};
