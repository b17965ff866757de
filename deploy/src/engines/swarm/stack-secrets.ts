/** Secrets of a stack in Swarm's own store. They cannot be changed there, only made and removed. */
import { createHash } from 'node:crypto';
import { deployErrors } from '../../errors.ts';
import type { DockerCommand } from '../containers/docker-command.ts';

const STACK = 'lucid.stack';
const DIGEST = 'lucid.sha256';

interface StoredSecret {
  readonly Name: string;
  readonly ID: string;
}
interface InspectedSecret {
  readonly Spec: { readonly Name: string; readonly Labels?: Readonly<Record<string, string>> };
}

/** Name in Swarm's store, one per stack. */
export const storedName = (stack: string, secret: string): string => `${stack}_${secret}`;

/** Makes what is missing. @throws `secret-in-use` when one has other content and is in use */
export async function storeSecrets(
  docker: DockerCommand,
  stack: string,
  contents: ReadonlyMap<string, string>,
): Promise<void> {
  const digests = await storedDigests(docker, stack);
  for (const [secret, content] of contents) {
    const name = storedName(stack, secret);
    const digest = createHash('sha256').update(content).digest('hex');
    if (digests.get(name) === digest) continue;
    if (digests.has(name)) await replaceable(docker, name);
    const labels = ['--label', `${STACK}=${stack}`, '--label', `${DIGEST}=${digest}`];
    await docker.run(['secret', 'create', ...labels, name, '-'], { input: content });
  }
}

/** Removes all secrets of a stack that is gone. */
export async function removeSecrets(docker: DockerCommand, stack: string): Promise<void> {
  const names = [...(await storedDigests(docker, stack)).keys()];
  if (names.length > 0) await docker.run(['secret', 'rm', ...names]);
}

async function storedDigests(docker: DockerCommand, stack: string): Promise<Map<string, string>> {
  const filter = ['--filter', `label=${STACK}=${stack}`];
  const stored = await docker.list<StoredSecret>(['secret', 'ls', ...filter]);
  if (stored.length === 0) return new Map();
  const text = await docker.run(['secret', 'inspect', ...stored.map(({ ID }) => ID)]);
  const inspected = JSON.parse(text) as InspectedSecret[];
  return new Map(inspected.map(({ Spec }) => [Spec.Name, Spec.Labels?.[DIGEST] ?? '']));
}

async function replaceable(docker: DockerCommand, name: string): Promise<void> {
  const removed = await docker.try(['secret', 'rm', name]);
  if (removed.failed) throw deployErrors.secretInUse(name, removed.error);
}
