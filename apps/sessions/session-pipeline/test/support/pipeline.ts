import { randomBytes, randomUUID } from 'node:crypto';
import type { Pipeline } from '@lucid/contracts';
import { generateSigningKey, privateKeyPem } from '@lucid/ledger';
import type { ServiceContext } from '@lucid/service';
import { eventually, TestIdentities, testContext } from '@lucid/testing';
import type { FastifyInstance } from 'fastify';
import { connect } from '../../src/adapters/connect.ts';
import type { Deps } from '../../src/adapters/deps.ts';
import { buildApp } from '../../src/app.ts';
import { config } from '../../src/config.ts';

export const NAME = 'lucid-session-pipeline';
export const API = 'lucid-session-api';
export const MIB = 1024 * 1024;

export const signingKey = generateSigningKey(randomBytes);

export const startBody = (given: object = {}) => ({
  owner_id: randomUUID(),
  config: { chunk_size_bytes: MIB, max_size_bytes: MIB, compression_enabled: true },
  ...given,
});

export const path = (sessionId: string, verb = ''): string => `/api/v1/pipelines/${sessionId}${verb}`;

/** What any instance of the pipeline needs besides the addresses of the others. */
export const environmentOf = (identities: TestIdentities, mongoUri: string): Record<string, string> => ({
  ...identities.environment(NAME, [API]),
  MONGODB_URI: mongoUri,
  MANIFEST_SIGNING_KEY: privateKeyPem(signingKey),
  PIPELINE_POLL_MS: '20',
});

interface Instance {
  deps: Deps;
  context: ServiceContext;
  app: FastifyInstance;
}

/** One instance of the pipeline over a real MongoDB, called with `inject`. */
export class RunningPipeline implements AsyncDisposable {
  readonly identities = new TestIdentities();
  #instance: Promise<Instance> | undefined;

  constructor() {
    for (const name of [NAME, API, 'lucid-api-gateway', 'lucid-chunk-processor']) this.identities.pemOf(name);
  }

  begin(mongoUri: string, environment: Record<string, string>): Promise<Instance> {
    const context = testContext({ service: NAME, identities: this.identities, allowedCallers: [API] });
    const settings = config.load({ ...environmentOf(this.identities, mongoUri), ...environment });
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

  async call(method: 'GET' | 'POST' | 'PUT' | 'DELETE', url: string, payload?: object) {
    const headers = await this.identities.headers(API, NAME);
    const { app } = await this.instance();
    return app.inject({ method, url, headers, ...(payload ? { payload } : {}) });
  }

  async start(sessionId: string): Promise<Pipeline> {
    const answer = await this.call('POST', path(sessionId, '/start'), startBody());
    if (answer.statusCode !== 200) throw new Error(`not started: ${answer.body}`);
    return answer.json();
  }

  async stop(sessionId: string): Promise<Pipeline> {
    return (await this.call('POST', path(sessionId, '/stop'))).json();
  }

  async get(sessionId: string): Promise<Pipeline> {
    return (await this.call('GET', path(sessionId))).json();
  }

  /** Waits until the session has this status. */
  reaches(sessionId: string, status: Pipeline['session_status'], timeoutMs = 20_000): Promise<Pipeline> {
    return eventually(
      `session ${sessionId} is ${status}`,
      async () => {
        const pipeline = await this.get(sessionId);
        if (pipeline.session_status !== status) throw new Error(JSON.stringify(pipeline));
        return pipeline;
      },
      { timeoutMs },
    );
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const begun = await this.#instance;
    await begun?.app.close();
    await begun?.context.lifecycle.stop();
    this.identities[Symbol.dispose]();
  }
}
