import type { Dispatcher } from 'undici';
import { ResponseBody } from './response-body.ts';

export interface AttemptAnswer {
  status: number;
  headers: Record<string, string | string[] | undefined>;
  body: ResponseBody;
}

/** Either of the two. */
export interface AttemptResult {
  answer?: AttemptAnswer;
  error?: unknown;
}

export interface AttemptHooks {
  /** The connection is there and the request is about to be written. */
  onSending: () => void;
  /** The exchange is over, body included; called exactly once. */
  onFinished: () => void;
  /** Turns what broke a body off into what its reader is told. */
  toError: (error: unknown) => Error;
}

/** One exchange with one instance, from dispatch to the last byte. */
export class Attempt implements Dispatcher.DispatchHandler {
  readonly result: Promise<AttemptResult>;
  /** False as long as certainly nothing of the request has left this process. */
  sent = false;
  readonly #hooks: AttemptHooks;
  #resolve: (result: AttemptResult) => void = () => undefined;
  #controller: Dispatcher.DispatchController | undefined;
  #body: ResponseBody | undefined;
  #cancelled: Error | undefined;
  #finished = false;
  #afterwards: (() => void) | undefined;

  constructor(hooks: AttemptHooks) {
    this.#hooks = hooks;
    this.result = new Promise((resolve) => {
      this.#resolve = resolve;
    });
  }

  /** Calls back when the exchange is over, at once when it is already. */
  whenFinished(afterwards: () => void): void {
    if (this.#finished) afterwards();
    else this.#afterwards = afterwards;
  }

  /** Ends the exchange wherever it is; also one that still waits for a connection. */
  cancel(reason: unknown): void {
    const error = reason instanceof Error ? reason : new Error('the call was aborted', { cause: reason });
    this.#cancelled = error;
    this.#resolve({ error: reason });
    if (this.#body) this.#body.destroy(error);
    else this.#controller?.abort(error);
  }

  onRequestStart(controller: Dispatcher.DispatchController): void {
    if (this.#cancelled) {
      controller.abort(this.#cancelled);
      return;
    }
    this.#controller = controller;
    this.sent = true;
    this.#hooks.onSending();
  }

  onResponseStart(
    controller: Dispatcher.DispatchController,
    status: number,
    headers: AttemptAnswer['headers'],
  ): void {
    if (status < 200) return;
    this.#body = new ResponseBody(controller);
    this.#resolve({ answer: { status, headers, body: this.#body } });
  }

  onResponseData(controller: Dispatcher.DispatchController, part: Buffer): void {
    if (this.#body?.push(part) === false) controller.pause();
  }

  onResponseEnd(): void {
    this.#body?.push(null);
    this.#finish();
  }

  onResponseError(_controller: Dispatcher.DispatchController, error: Error): void {
    if (this.#body) this.#body.destroy(this.#hooks.toError(error));
    else this.#resolve({ error });
    this.#finish();
  }

  #finish(): void {
    if (this.#finished) return;
    this.#finished = true;
    this.#hooks.onFinished();
    this.#afterwards?.();
  }
}
