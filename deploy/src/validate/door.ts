import { REFUSED_PATHS } from '../tiers/edge/facts.ts';
import { type Check, type CheckContext, type Result, reasonOf } from './check.ts';

const WITHIN_MS = 5_000;
const TOO_MANY = 429;

/** The one way in: it answers, and what is for the inside is refused there. */
export const door: Check = {
  name: 'door',
  run: async (context) => {
    const { publicUrl } = context.status;
    if (publicUrl === undefined) return [result('–', 'ok', 'there is none: nothing is published')];
    return Promise.all([
      opened(context, `${publicUrl}/health`),
      ...REFUSED_PATHS.map((path) => refused(context, `${publicUrl}${path}`)),
    ]);
  },
};

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
