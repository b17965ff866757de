/**
 * Makes the content of every secret containers mount: generated values, keys of services and the list of their public
 * halves, connection strings, and texts made of them.
 */
import { createPublicKey, generateKeyPairSync } from 'node:crypto';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { calledName, findStore } from '../../model/edges.ts';
import { connectionString } from '../../model/store.ts';
import type { System } from '../../model/types.ts';
import type { ContainerSecret, ContainerSystem, Identified } from '../../render/container-system.ts';
import { SecretStore } from '../process/secret-store.ts';
import { keyId } from '../process/service-keys.ts';
import { writeFileAtomically } from '../process/write-file.ts';
import type { ContainerHome } from './container-home.ts';

/**
 * Containers run as users of their own and see each file by a mount: the files are readable, their folder is not.
 * Returns name to content, for targets that keep secrets in a store of theirs.
 */
export function writeMountedSecrets(lowered: ContainerSystem, home: ContainerHome): Map<string, string> {
  const store = new SecretStore(home.secretsDir);
  store.ensure(lowered.system.secrets);
  const contents = new Map<string, string>();
  for (const secret of lowered.secrets) {
    const content = contentOf(secret, lowered.system, store, home);
    contents.set(secret.name, content);
    writeFileAtomically(join(home.mountedSecretsDir, secret.name), content, 0o444);
  }
  return contents;
}

function contentOf(
  { name, source }: ContainerSecret,
  system: System,
  store: SecretStore,
  home: ContainerHome,
): string {
  switch (source.kind) {
    case 'generated':
      return store.read(name);
    case 'identity':
      return identityOf(home, source.service);
    case 'identity-list':
      return identityList(home, source.services);
    case 'template':
      return source.template.replaceAll('{value}', store.read(source.secret));
    case 'connection': {
      const database = findStore(system, source.use.store);
      if (!database) throw new Error(`the rules let pass a use of ${source.use.store}, which is not drawn`);
      const password = database.passwordSecret && store.read(database.passwordSecret);
      return connectionString(database, source.use, password);
    }
  }
}

/** The private key of a service, made once. */
function identityOf(home: ContainerHome, service: string): string {
  const path = join(home.secretsDir, `identity-${service}`);
  if (!existsSync(path)) {
    const { privateKey } = generateKeyPairSync('ed25519');
    writeFileAtomically(path, privateKey.export({ type: 'pkcs8', format: 'pem' }).toString());
  }
  return readFileSync(path, 'utf8');
}

/** One entry per service, for any of its instances. */
function identityList(home: ContainerHome, services: readonly Identified[]): string {
  const keys = services.map((service) => {
    const jwk = createPublicKey(identityOf(home, service.name)).export({ format: 'jwk' });
    const publicKey = jwk.x ?? '';
    return {
      kid: keyId(Buffer.from(publicKey, 'base64url')),
      service: calledName(service),
      instance: '*',
      public_key: publicKey,
    };
  });
  return `${JSON.stringify({ keys }, null, 2)}\n`;
}
