import type { TSchema } from 'typebox';
import { Compile, type Validator } from 'typebox/compile';
import { parseAllDocuments } from 'yaml';
import { manifestErrors } from '../errors.ts';
import { Kustomization } from '../manifest/kustomization.ts';
import { NetworkPolicy } from '../manifest/network-policy.ts';
import * as manifest from '../manifest/objects.ts';

const SCHEMAS = {
  Namespace: manifest.Namespace,
  ServiceAccount: manifest.ServiceAccount,
  ConfigMap: manifest.ConfigMap,
  PersistentVolumeClaim: manifest.PersistentVolumeClaim,
  Service: manifest.Service,
  Deployment: manifest.Deployment,
  StatefulSet: manifest.StatefulSet,
  Job: manifest.Job,
  HorizontalPodAutoscaler: manifest.HorizontalPodAutoscaler,
  PodDisruptionBudget: manifest.PodDisruptionBudget,
  NetworkPolicy,
  Kustomization,
} as const satisfies Record<string, TSchema>;
const validators = new Map<string, Validator>();

/** Objects by kind, as they are in the files. */
export interface Manifests {
  readonly configMaps: readonly manifest.ConfigMap[];
  readonly claims: readonly manifest.PersistentVolumeClaim[];
  readonly services: readonly manifest.Service[];
  readonly workloads: readonly (manifest.Deployment | manifest.StatefulSet | manifest.Job)[];
  readonly autoscalers: readonly manifest.HorizontalPodAutoscaler[];
  readonly policies: readonly NetworkPolicy[];
  readonly kustomizations: ReadonlyMap<string, Kustomization>;
}

/** Reads all files. Throws for text that is not YAML, and for kinds, keys and constants that are never written here. */
export function readManifests(files: ReadonlyMap<string, string>): Manifests {
  const read = [...files].flatMap(([path, text]) => documentsIn(path, text));
  const ofKind = <T>(...kinds: readonly string[]) =>
    read.filter(({ kind }) => kinds.includes(kind)).map(({ object }) => object as T);
  return {
    configMaps: ofKind('ConfigMap'),
    claims: ofKind('PersistentVolumeClaim'),
    services: ofKind('Service'),
    workloads: ofKind('Deployment', 'StatefulSet', 'Job'),
    autoscalers: ofKind('HorizontalPodAutoscaler'),
    policies: ofKind('NetworkPolicy'),
    kustomizations: new Map(
      read
        .filter(({ kind }) => kind === 'Kustomization')
        .map(({ path, object }) => [path, object as Kustomization]),
    ),
  };
}

interface Read {
  readonly path: string;
  readonly kind: string;
  readonly object: unknown;
}

function documentsIn(path: string, text: string): Read[] {
  return [...parseAllDocuments(text, { version: '1.1' })].map((document) => {
    const [error] = document.errors;
    if (error) throw manifestErrors.notUnderstood(path, error.message);
    const object: unknown = document.toJS();
    const kind = kindOf(object);
    const validator = kind === undefined ? undefined : validatorOf(kind);
    if (kind === undefined || !validator)
      throw manifestErrors.notUnderstood(path, `an object of the unknown kind ${kind}`);
    if (!validator.Check(object))
      throw manifestErrors.notUnderstood(path, `${kind}${complaint(validator, object)}`);
    return { path, kind, object };
  });
}

function kindOf(object: unknown): string | undefined {
  const kind = typeof object === 'object' && object !== null && 'kind' in object ? object.kind : undefined;
  return typeof kind === 'string' ? kind : undefined;
}

function validatorOf(kind: string): Validator | undefined {
  const known = validators.get(kind);
  if (known || !Object.hasOwn(SCHEMAS, kind)) return known;
  const validator = Compile(SCHEMAS[kind as keyof typeof SCHEMAS]) as unknown as Validator;
  validators.set(kind, validator);
  return validator;
}

/** The deepest complaint is the one that names the key. */
function complaint(validator: Validator, object: unknown): string {
  const errors = validator.Errors(object);
  const [deepest] = errors.toSorted((a, b) => b.instancePath.length - a.instancePath.length);
  return `${deepest?.instancePath ?? ''} ${deepest?.message ?? 'is not as it is written'}`;
}
