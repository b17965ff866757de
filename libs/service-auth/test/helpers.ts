import { renameSync, writeFileSync } from 'node:fs';
import { type Clock, seededRandom } from '@lucid/clock';
import { createCredentials, generateServiceKey, loadServiceKey } from '../src/index.ts';

/** A clock that stands still until moved. */
export function stoppedClock(): Clock & { advance(ms: number): void } {
  let nowMs = Date.UTC(2026, 0, 1);
  return {
    nowMs: () => nowMs,
    monotonicMs: () => nowMs,
    sleep: () => Promise.reject(new Error('nothing sleeps here')),
    advance: (ms) => {
      nowMs += ms;
    },
  };
}

export interface Identity {
  service: string;
  instance: string;
  key: ReturnType<typeof generateServiceKey>;
}

export function anIdentity(service: string, number = 1): Identity {
  const instance = `${service}-${number}`;
  return { service, instance, key: generateServiceKey(seededRandom(instance)) };
}

export const credentialsOf = ({ service, instance, key }: Identity, clock: Clock) =>
  createCredentials({
    serviceName: service,
    instanceId: instance,
    key: loadServiceKey(key.pem),
    clock,
    random: seededRandom(`${instance} tokens`),
  });

export function writeKeyList(path: string, identities: readonly Identity[]): void {
  const keys = identities.map(({ service, instance, key }) => ({
    kid: key.kid,
    service,
    instance,
    public_key: key.publicKeyBase64url,
  }));
  writeFileSync(`${path}.new`, JSON.stringify({ keys }));
  renameSync(`${path}.new`, path);
}
