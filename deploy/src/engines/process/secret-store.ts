/** Development secrets: generated once per home, each in a file of its own that only the owner can read. */
import { generateKeyPairSync, randomBytes } from 'node:crypto';
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import type { DerivedFormat, Secret, SecretFormat, ValidatorSecrets } from '../../model/types.ts';
import { derivedSecret, isDerived, type KnownValidator } from './derived-secret.ts';
import { selfSignedPem } from './self-signed-pem.ts';
import { writeFileAtomically } from './write-file.ts';

const MAKERS: Readonly<Record<Exclude<SecretFormat, DerivedFormat>, () => string>> = {
  'base64url-32': () => randomBytes(32).toString('base64url'),
  'base64url-64': () => randomBytes(64).toString('base64url'),
  'base64-756': () => randomBytes(756).toString('base64'), // what MongoDB's manual makes a keyFile of
  'hex-32': () => randomBytes(32).toString('hex'),
  'hex-16': () => randomBytes(16).toString('hex'),
  'ed25519-pem': () =>
    generateKeyPairSync('ed25519').privateKey.export({ type: 'pkcs8', format: 'pem' }).toString(),
  'self-signed-pem': () => selfSignedPem(),
};

export class SecretStore {
  readonly #dir: string;

  constructor(dir: string) {
    this.#dir = dir;
  }

  /**
   * Makes what is missing. What exists is never replaced: data is encrypted with it. What follows from others is written
   * anew, since it is nothing that they are not.
   */
  ensure(secrets: readonly Secret[]): void {
    for (const { name, format } of secrets) {
      const path = this.pathOf(name);
      if (!isDerived(format) && !existsSync(path)) writeFileAtomically(path, MAKERS[format]());
    }
    for (const { name, format, validators = [] } of secrets)
      if (isDerived(format))
        writeFileAtomically(this.pathOf(name), derivedSecret(format, validators.map(this.#known)));
  }

  readonly #known = ({ key, nodeId, url, service }: ValidatorSecrets): KnownValidator => ({
    seed: this.read(key),
    nodeId: this.read(nodeId),
    url,
    service,
  });

  pathOf(name: string): string {
    return join(this.#dir, name);
  }

  read(name: string): string {
    return readFileSync(this.pathOf(name), 'utf8').trim();
  }

  /** Stores a text made from secrets (a connection string) and returns its path. */
  keep(name: string, text: string): string {
    const path = this.pathOf(name);
    writeFileSync(path, text, { mode: 0o600 });
    return path;
  }
}
