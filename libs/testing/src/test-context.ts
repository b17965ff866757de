import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { type Clock, type Random, systemClock, systemRandom } from '@lucid/clock';
import { type Logger, silentLogger } from '@lucid/logging';
import { createContext, type ServiceContext } from '@lucid/service';
import { type Credentials, createCredentials, generateServiceKey, loadServiceKey } from '@lucid/service-auth';
import { type TemporaryFolder, temporaryFolder } from './temporary-folder.ts';

/** Keys of a pretended deployment: any service name can call, with tokens that really verify. */
export class TestIdentities implements Disposable {
  readonly #folder: TemporaryFolder = temporaryFolder('identities');
  readonly #keys = new Map<string, ReturnType<typeof generateServiceKey>>();
  readonly #credentials = new Map<string, Credentials>();

  get keysFile(): string {
    return join(this.#folder.path, 'service-keys.json');
  }

  pemOf(service: string): string {
    const known = this.#keys.get(service) ?? generateServiceKey();
    this.#keys.set(service, known);
    const keys = [...this.#keys].map(([name, key]) => ({
      kid: key.kid,
      service: name,
      instance: `${name}-1`,
      public_key: key.publicKeyBase64url,
    }));
    writeFileSync(this.keysFile, JSON.stringify({ keys }));
    return known.pem;
  }

  /** Headers of a call from `from` to `to`, on behalf of a user when one is given. */
  async headers(
    from: string,
    to: string,
    user?: { id: string; role: string },
  ): Promise<Record<string, string>> {
    const authorization = `Bearer ${await this.#credentialsOf(from).tokenFor(to)}`;
    return { authorization, ...(user ? { 'x-user-id': user.id, 'x-user-role': user.role } : {}) };
  }

  #credentialsOf(service: string): Credentials {
    const known = this.#credentials.get(service);
    if (known) return known;
    const credentials = createCredentials({
      serviceName: service,
      instanceId: `${service}-1`,
      key: loadServiceKey(this.pemOf(service)),
      clock: systemClock,
      random: systemRandom,
    });
    this.#credentials.set(service, credentials);
    return credentials;
  }

  /** What a service's environment needs to be called and to call. */
  environment(service: string, allowedCallers: readonly string[]): Record<string, string> {
    return {
      SERVICE_PRIVATE_KEY: this.pemOf(service),
      SERVICE_KEYS_FILE: this.keysFile,
      ALLOWED_CALLERS: allowedCallers.join(','),
    };
  }

  [Symbol.dispose](): void {
    this.#folder.remove();
  }
}

export interface TestContextOptions {
  service: string;
  identities: TestIdentities;
  allowedCallers?: readonly string[];
  clock?: Clock;
  random?: Random;
  logger?: Logger;
}

/** A context as `runService` makes it, for tests that use `buildApp` with `inject`. It is `running` and ready. */
export function testContext(options: TestContextOptions): ServiceContext {
  const { service, identities, allowedCallers = [] } = options;
  const environment = identities.environment(service, allowedCallers);
  const settings = {
    SERVICE_NAME: service,
    INSTANCE_ID: `${service}-1`,
    HOST: '127.0.0.1',
    PORT: 0,
    LOG_LEVEL: 'silent',
    DRAIN_DELAY_MS: 0,
    SHUTDOWN_DEADLINE_MS: 2000,
    DNS_SERVERS: [],
    DISCOVERY_RECORD: 'a' as const,
    SERVICE_PRIVATE_KEY: environment.SERVICE_PRIVATE_KEY,
    SERVICE_KEYS_FILE: identities.keysFile,
    ALLOWED_CALLERS: allowedCallers,
  };
  const context = createContext(settings, {
    clock: options.clock ?? systemClock,
    random: options.random ?? systemRandom,
    logger: options.logger ?? silentLogger(),
  });
  context.health.acceptsWork = true;
  context.lifecycle.started();
  return context;
}
