import type { Clock, Random } from '@lucid/clock';
import { createDiscovery, type Discovery } from '@lucid/discovery';
import { createHttpClient, type HttpClient } from '@lucid/http-client';
import type { Lifecycle } from '@lucid/lifecycle';
import type { Logger } from '@lucid/logging';
import type { Registry } from '@lucid/metrics';
import {
  type Credentials,
  createCredentials,
  createVerifier,
  loadServiceKey,
  type Verifier,
} from '@lucid/service-auth';

/** How a service finds, calls and recognises the others. */
export interface Mesh {
  discovery: Discovery;
  http: HttpClient;
  verifier: Verifier;
  /** For connections that are no HTTP calls. */
  credentials: Credentials;
}

export interface MeshSettings {
  SERVICE_NAME: string;
  INSTANCE_ID: string;
  DNS_SERVERS: readonly string[];
  DISCOVERY_RECORD: 'a' | 'srv';
  SERVICE_PRIVATE_KEY: string;
  SERVICE_KEYS_FILE: string;
  ALLOWED_CALLERS: readonly string[];
}

interface Surroundings {
  clock: Clock;
  random: Random;
  logger: Logger;
  registry: Registry;
  lifecycle: Lifecycle;
}

export function openMesh(
  settings: MeshSettings,
  { clock, random, logger, registry, lifecycle }: Surroundings,
): Mesh {
  const discovery = createDiscovery({
    clock,
    dnsServers: settings.DNS_SERVERS,
    record: settings.DISCOVERY_RECORD,
    onError: (error) => logger.warn({ err: error }, 'discovery failed, keeping the last known instances'),
  });
  const credentials = createCredentials({
    serviceName: settings.SERVICE_NAME,
    instanceId: settings.INSTANCE_ID,
    key: loadServiceKey(settings.SERVICE_PRIVATE_KEY),
    clock,
    random,
  });
  const http = createHttpClient({ discovery, clock, random, credentials, registry });
  const verifier = createVerifier({
    serviceName: settings.SERVICE_NAME,
    keysFile: settings.SERVICE_KEYS_FILE,
    allowedCallers: settings.ALLOWED_CALLERS,
    clock,
    onError: (error) => logger.error({ err: error }, 'the list of service keys cannot be read'),
  });
  lifecycle.onStop('discovery', () => discovery.close());
  lifecycle.onStop('http client', () => http.close());
  return { discovery, http, verifier, credentials };
}
