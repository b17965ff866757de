import { randomUUID } from 'node:crypto';
import { type Clock, systemClock } from '@lucid/clock';
import type { AuditRow, SessionProgress } from '@lucid/contracts';
import type { ServiceContext } from '@lucid/service';
import { TestIdentities, testContext } from '@lucid/testing';
import type { FastifyInstance, InjectOptions } from 'fastify';
import { connect } from '../../src/adapters/connect.ts';
import type { Deps } from '../../src/adapters/deps.ts';
import { buildApp } from '../../src/app.ts';
import { config } from '../../src/config.ts';
import { newSession, type SessionDocument } from '../../src/domain/session-document.ts';

export const NAME = 'lucid-session-api';
export const GATEWAY = 'lucid-api-gateway';
export const PIPELINE = 'lucid-session-pipeline';
export const SESSIONS = '/api/v1/sessions';

export interface User {
  id: string;
  role: string;
}

export const aUser = (role = 'user'): User => ({ id: randomUUID(), role });

export const progress = (given: Partial<SessionProgress> = {}): SessionProgress => ({
  version: 1,
  status: 'recording',
  pipeline_status: 'active',
  anchoring_status: 'none',
  statistics: { size_bytes: 0, chunks_count: 0, chunks_stored: 0, stored_bytes: 0 },
  ...given,
});

interface Instance {
  deps: Deps;
  context: ServiceContext;
  app: FastifyInstance;
}

/** session-api over a real MongoDB and pretended services, called as the gateway calls it. */
export class RunningApi implements AsyncDisposable {
  readonly identities = new TestIdentities();
  readonly #clock: Clock;
  #instance: Promise<Instance> | undefined;

  constructor(clock: Clock = systemClock) {
    this.#clock = clock;
    for (const name of [NAME, GATEWAY, PIPELINE, 'lucid-chunk-processor']) this.identities.pemOf(name);
  }

  begin(mongoUri: string, environment: Record<string, string>): Promise<Instance> {
    const callers = [GATEWAY, PIPELINE];
    // Tokens are judged by the real time, whatever the clock of the service says.
    const base = testContext({ service: NAME, identities: this.identities, allowedCallers: callers });
    const context = Object.create(base, { clock: { value: this.#clock } }) as ServiceContext;
    const settings = config.load({
      ...this.identities.environment(NAME, callers),
      MONGODB_URI: mongoUri,
      RATE_LIMIT_ENABLED: 'false',
      ...environment,
    });
    this.#instance = connect(settings, context).then((deps) => ({
      deps,
      context,
      app: buildApp(settings, deps, context),
    }));
    return this.#instance;
  }

  async instance(): Promise<Instance> {
    if (!this.#instance) throw new Error('not begun');
    return this.#instance;
  }

  async as(user: User, method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: unknown, more = {}) {
    const headers = await this.identities.headers(GATEWAY, NAME, user);
    return this.inject({
      method,
      url,
      headers: { ...headers, ...more },
      ...(payload === undefined ? {} : { payload: payload as object }),
    });
  }

  async inject(request: InjectOptions) {
    return (await this.instance()).app.inject(request);
  }

  async create(user: User, name = 'a session'): Promise<string> {
    return (await this.as(user, 'POST', SESSIONS, { name })).json().session_id;
  }

  /** The audit log of a session, newest first. */
  async audit(user: User, sessionId: string, query = 'limit=100'): Promise<AuditRow[]> {
    return (await this.as(user, 'GET', `${SESSIONS}/${sessionId}/audit?${query}`)).json().entries;
  }

  /** A report as the pipeline sends it. */
  async report(sessionId: string, body: SessionProgress) {
    const headers = await this.identities.headers(PIPELINE, NAME);
    const url = `/api/v1/internal/sessions/${sessionId}/progress`;
    return this.inject({ method: 'PUT', url, headers, payload: body });
  }

  /** A session that is where the fields say, whatever its history. */
  async keep(user: User, sessionId: string, fields: Partial<SessionDocument>): Promise<void> {
    const { deps } = await this.instance();
    const now = new Date().toISOString();
    const created = { sessionId, userId: user.id, now, chunkSizeBytes: 2 ** 20 };
    await deps.sessions.add({ ...newSession({ name: 'kept' }, created), ...fields });
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const begun = await this.#instance;
    begun?.app.server.closeAllConnections();
    await begun?.app.close();
    await begun?.context.lifecycle.stop();
    this.identities[Symbol.dispose]();
  }
}
