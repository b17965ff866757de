import { REFUSED_PATHS } from '../tiers/edge/facts.ts';
import { type Check, type CheckContext, type Result, reasonOf } from './check.ts';

const WITHIN_MS = 5_000;
const TOO_MANY = 429;

/** The one way in: it answers, and what is for the inside is refused there. */
export const door: Check = {
  name: 'door',
  run: async (context) => {
    const { publicUrl } = context.status;
    if (publicUrl === undefined) return [result('–', ...none(context))];
    return Promise.all([
      opened(context, `${publicUrl}/health`),
      ...REFUSED_PATHS.map((path) => refused(context, `${publicUrl}${path}`)),
    ]);
  },
};

/** On Kubernetes the cluster chooses where a door is, and may not have told; elsewhere none is known because there is none. */
const none = ({ engine }: CheckContext): [Result['verdict'], string] =>
  engine.name === 'kubernetes'
    ? ['unknown', 'no public address is known from here: nothing was asked']
    : ['ok', 'there is none: nothing is published'];

/** A door that does not answer is not a door, whatever the reason: that is no failed reading but the failure. */
async function opened(context: CheckContext, url: string): Promise<Result> {
  try {
    const { status } = await context.get(url, WITHIN_MS);
    return result(url, status === 200 ? 'ok' : 'failed', `answers ${status}`);
  } catch (error) {
    return result(url, 'failed', `does not answer: ${reasonOf(error)}`);
  }
}

/** Refused is any 4xx but "too many requests", which says nothing of the path. */
async function refused(context: CheckContext, url: string): Promise<Result> {
  try {
    const { status } = await context.get(url, WITHIN_MS);
    if (status >= 400 && status < 500 && status !== TOO_MANY)
      return result(url, 'ok', `refused with ${status}`);
    if (status >= 200 && status < 400) return result(url, 'failed', `answers ${status} to strangers`);
    return result(url, 'unknown', `answers ${status}, which is no refusal of this path`);
  } catch (error) {
    return result(url, 'unknown', reasonOf(error));
  }
}

const result = (subject: string, verdict: Result['verdict'], detail: string): Result => ({
  check: door.name,
  subject,
  verdict,
  detail,
});
