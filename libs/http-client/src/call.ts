import type { Clock, Random } from '@lucid/clock';
import { Attempt, type AttemptResult } from './attempt.ts';
import type { CallScope } from './call-scope.ts';
import { CallerFault } from './caller-fault.ts';
import { chooseInstance } from './choose-instance.ts';
import type { HttpRequest, HttpResponse } from './http-request.ts';
import type { Instance } from './instance.ts';
import { isCallerMistake, isDraining, isReplayable, isRetriedStatus, upstreamError } from './judge.ts';
import { RequestBody } from './request-body.ts';
import type { Upstream } from './upstream.ts';

const MAX_RETRIES = 2;
const BACKOFF_BASE_MS = 50;

export interface CallContext {
  request: HttpRequest;
  upstream: Upstream;
  scope: CallScope;
  headers: string[];
  timeoutMs: number;
  bodyTimeoutMs: number;
  clock: Clock;
  random: Random;
  onRetry: () => void;
}

/**
 * One call: attempts until one gives an answer worth returning.
 * @param pinned the one instance to go to
 * @throws ServiceError, the reason of a cancelled scope, or CallerFault
 */
export async function runCall(
  context: CallContext,
  pinned: Instance | undefined,
): Promise<{ response: HttpResponse; attempt: Attempt }> {
  const { request, upstream, scope } = context;
  const body = new RequestBody(request.body);
  const tried = new Set<Instance>();
  let retries = 0;
  try {
    for (;;) {
      const instance = pinned ?? (await nextInstance(context, tried));
      scope.throwIfCancelled();
      body.throwIfBroken();
      const attempt = start(context, instance, body);
      const result = await attempt.result;
      scope.throwIfCancelled();
      if (!result.answer) body.throwIfBroken();
      learn(context, instance, attempt, result);
      tried.add(instance);
      const hasOther = !pinned && upstream.instances.some((other) => !tried.has(other));
      if (!attempt.sent && hasOther) continue; // nothing happened yet: going on to the next is no retry
      const again = retries < MAX_RETRIES && mayRetry(request, attempt, result) && takeRetry(context);
      if (!again) return { response: answerOf(result, upstream, instance), attempt };
      void result.answer?.body.dump();
      if (result.answer || !hasOther) await backOff(context, retries);
      retries++;
    }
  } finally {
    body.done();
  }
}

async function nextInstance(context: CallContext, tried: ReadonlySet<Instance>): Promise<Instance> {
  const { request, upstream, scope, clock, random } = context;
  await scope.whileWaiting(upstream.refresh());
  const { hashKey } = request;
  const nowMs = clock.monotonicMs();
  const chosen = chooseInstance({ candidates: upstream.instances, tried, nowMs, random, hashKey });
  if (!chosen) throw upstreamError(upstream.service, undefined);
  return chosen;
}

/** What an exchange says about its instance. @throws CallerFault */
function learn({ clock }: CallContext, instance: Instance, attempt: Attempt, result: AttemptResult): void {
  const { answer, error } = result;
  if (answer && isDraining(answer.status, answer.headers)) instance.drains(clock.monotonicMs());
  if (answer) return;
  if (isCallerMistake(error)) throw new CallerFault(error);
  if (!attempt.sent) instance.refused(clock.monotonicMs());
}

function start(context: CallContext, instance: Instance, body: RequestBody): Attempt {
  const { request, upstream, scope, clock, timeoutMs } = context;
  const attempt = new Attempt({
    onSending: () => body.sending(() => scope.postpone(clock.monotonicMs() + timeoutMs)),
    onFinished: () => {
      instance.inFlight--;
      if (attempt.sent) body.exchangeEnded();
    },
    toError: (error) => upstreamError(upstream.service, error),
  });
  instance.inFlight++;
  instance.pool.dispatch(
    {
      path: upstream.pathPrefix + request.path,
      method: request.method,
      headers: context.headers,
      body: body.body,
      bodyTimeout: context.bodyTimeoutMs,
      // undici closes the connection after a HEAD for the sake of servers that send a body; ours do not
      ...(request.method === 'HEAD' ? { reset: false } : {}),
    },
    attempt,
  );
  scope.onCancel((reason) => attempt.cancel(reason));
  return attempt;
}

/** Nothing was sent: any call may go elsewhere. Something was: only one that does no harm twice. */
function mayRetry(request: HttpRequest, attempt: Attempt, { answer }: AttemptResult): boolean {
  if (answer) return isRetriedStatus(answer.status) && isReplayable(request);
  return !attempt.sent || isReplayable(request);
}

function takeRetry({ upstream, clock, onRetry }: CallContext): boolean {
  const taken = upstream.budget.retry(clock.monotonicMs());
  if (taken) onRetry();
  return taken;
}

/** Half to all of 50 ms, then of 100 ms. Ends early when the call is cancelled; the loop then throws. */
async function backOff({ clock, random, scope }: CallContext, retries: number): Promise<void> {
  const cancelled = new AbortController();
  scope.onCancel(() => cancelled.abort());
  const pauseMs = BACKOFF_BASE_MS * 2 ** retries * (0.5 + random.fraction() / 2);
  await clock.sleep(pauseMs, cancelled.signal).catch((reason: unknown) => {
    if (!cancelled.signal.aborted) throw reason;
  });
}

function answerOf({ answer, error }: AttemptResult, upstream: Upstream, instance: Instance): HttpResponse {
  if (!answer) throw upstreamError(upstream.service, error);
  return { ...answer, address: instance.key };
}
