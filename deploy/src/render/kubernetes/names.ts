/** Every name and label of the Kubernetes files that two places must agree on. */
import { createHash } from 'node:crypto';
import type { Image } from '../../model/images.ts';
import { REGISTRY } from '../../model/images.ts';

export const NAME_LABEL = 'app.kubernetes.io/name';
export const PART_OF_LABEL = 'app.kubernetes.io/part-of';
export const COMPONENT_LABEL = 'app.kubernetes.io/component';
export const CLUSTER_LABEL = 'lucid.cluster';
export const PLANE_LABEL = 'lucid.plane';
export const STATUS_LABEL = 'lucid.status';
/** Label of nodes with good disks, as on a Swarm. */
export const DATA_NODE_LABEL = 'lucid.data';
/** Of the members of one store, which should not share a node. */
export const STORE_LABEL = 'lucid.store';

/** Label of the pods on a network: there are no networks to join, only labels that policies look at. */
export const networkLabel = (network: string) => `${NETWORK_PREFIX}${network}`;
export const NETWORK_PREFIX = 'lucid.network/';
/** Label of the pods behind a further name. */
export const aliasLabel = (alias: string) => `${ALIAS_PREFIX}${alias}`;
export const ALIAS_PREFIX = 'lucid.alias/';

/** Folder of what is drawn but not built. */
export const PLANNED = 'planned/';

/** Our own carry the registry and the tag; other people's are as the model writes them. */
export function imageReference(image: Image): string {
  return image.ours ? `${REGISTRY}/${image.reference}:latest` : image.reference;
}

/** `quay.io/a/b:v1` → `['quay.io/a/b', 'v1']`; the colon of a registry's port is none of a tag. */
export function splitReference(reference: string): { readonly name: string; readonly tag: string } {
  const [, name, tag] = /^(.+?)(?::([^:/]+))?$/.exec(reference) ?? [];
  return { name: name ?? reference, tag: tag ?? 'latest' };
}

/** The Secret that holds a mounted secret, under the key `value`: object names know no underscores. */
export function secretObjectName(secret: string): string {
  return `lucid-${slug(secret)}`;
}

/** Its name has the content's hash: a change is a new object, pods roll over to it, and a rollback finds the old one. */
export function configMapName(config: { readonly name: string; readonly content: string }): string {
  return `lucid-${slug(config.name)}-${shortHash(config.content)}`;
}

/** Eight hexadecimal digits of SHA-256. */
export function shortHash(text: string): string {
  return createHash('sha256').update(text).digest('hex').slice(0, 8);
}

/** As a part of an object's name may be written: `mongo_keyFile.conf` → `mongo-keyfile.conf`. */
export function slug(name: string): string {
  return name.toLowerCase().replaceAll(/[^a-z0-9.-]+/g, '-');
}
