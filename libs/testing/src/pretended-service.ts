import type { Contract } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import { createApp, type Handlers, mount } from '@lucid/service';
import type { FastifyInstance } from 'fastify';
import { TestIdentities, testContext } from './test-context.ts';

/** Everything a rule may apply to: one endpoint, and one session of it when one is named. */
export interface Which {
  sessionId?: string;
  /** How many calls. @default all that follow */
  times?: number;
}

interface Rule {
  endpoint: string;
  sessionId: string | undefined;
  left: number;
  before?: () => Promise<void> | void;
  after?: () => Promise<void> | void;
}

interface LooseCall {
  params?: { session_id?: string };
  body?: { session_id?: string };
}

type LooseHandler = (call: LooseCall) => unknown;

/**
 * Another service, pretended: real HTTP on a loopback port, the routes of its contract, handlers of the test's own (what
 * is not given answers 501). Believes every caller. Can be told to fail, to hang, and to answer late; notes every call, and
 * which of them ran at the same time for the same session.
 */
export class PretendedService<Of extends Contract> implements AsyncDisposable {
  readonly calls: { endpoint: string; sessionId: string | undefined }[] = [];
  /** Endpoints that were called for a session while a call of the same kind was running for it. */
  readonly overlaps: string[] = [];
  /** Called when a call begins. */
  onCall: (endpoint: string, sessionId: string | undefined) => void = () => undefined;
  readonly #identities = new TestIdentities();
  readonly #rules: Rule[] = [];
  readonly #running = new Set<string>();
  readonly #app: FastifyInstance;
  #url = '';

  private constructor(of: Of, handlers: Partial<Handlers<Of>>) {
    this.#app = createApp(testContext({ service: of.service, identities: this.#identities }));
    const given = handlers as Record<string, LooseHandler | undefined>;
    const all = Object.keys(of.endpoints).map((name) => [name, this.#watched(name, given[name])]);
    const believer = { verify: async () => ({ service: 'lucid-session-pipeline', instance: 'any' }) };
    mount(this.#app, of, Object.fromEntries(all) as Handlers<Of>, () => believer);
  }

  static async start<Of extends Contract>(
    of: Of,
    handlers: Partial<Handlers<Of>>,
  ): Promise<PretendedService<Of>> {
    const service = new PretendedService(of, handlers);
    service.#url = await service.#app.listen({ host: '127.0.0.1', port: 0 });
    return service;
  }

  get url(): string {
    return this.#url;
  }

  callsOf(endpoint: keyof Of['endpoints'], sessionId?: string): number {
    return this.calls.filter(
      (call) => call.endpoint === endpoint && (sessionId === undefined || call.sessionId === sessionId),
    ).length;
  }

  /** Calls fail before anything was done. @default with 5001 */
  fail(
    endpoint: keyof Of['endpoints'],
    which: Which = {},
    error: () => Error = commonErrors.INTERNAL,
  ): () => void {
    return this.#rule(endpoint, which, {
      before: () => {
        throw error();
      },
    });
  }

  /** Calls hang until the returned function is called; `late` ones after everything was done. */
  hang(endpoint: keyof Of['endpoints'], which: Which = {}, when: 'early' | 'late' = 'early'): () => void {
    const { promise, resolve } = Promise.withResolvers<void>();
    const end = this.#rule(
      endpoint,
      which,
      when === 'late' ? { after: () => promise } : { before: () => promise },
    );
    return () => {
      end();
      resolve();
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    this.#app.server.closeAllConnections();
    await this.#app.close();
    this.#identities[Symbol.dispose]();
  }

  #rule(endpoint: keyof Of['endpoints'], which: Which, act: Pick<Rule, 'before' | 'after'>): () => void {
    const { sessionId, times = Number.POSITIVE_INFINITY } = which;
    const rule: Rule = { endpoint: String(endpoint), sessionId, left: times, ...act };
    this.#rules.push(rule);
    return () => {
      rule.left = 0;
    };
  }

  #watched(endpoint: string, handler: LooseHandler | undefined): LooseHandler {
    return async (call) => {
      const sessionId = call.params?.session_id ?? call.body?.session_id;
      const key = `${endpoint} ${sessionId}`;
      this.calls.push({ endpoint, sessionId });
      if (this.#running.has(key)) this.overlaps.push(key);
      this.#running.add(key);
      try {
        this.onCall(endpoint, sessionId);
        const rule = this.#rules.find(
          (one) => one.endpoint === endpoint && one.left > 0 && (one.sessionId ?? sessionId) === sessionId,
        );
        if (rule) rule.left--;
        await rule?.before?.();
        if (!handler) throw commonErrors.NOT_IMPLEMENTED();
        const answer = await handler(call);
        await rule?.after?.();
        return answer;
      } finally {
        this.#running.delete(key);
      }
    };
  }
}
