/**
 * Which field of the canonical graph carries each field of the model. A new field of the model is in neither table and
 * turns `check` red: otherwise targets could disagree about it, or leave it out, and nobody would know.
 * `[]` stands for the entries of a list, `*` for free keys.
 */
import type { System } from '../model/types.ts';

/** Field of the model → field of the canonical graph that changes with it. */
export const CARRIED: Readonly<Record<string, string>> = {
  name: 'name',
  kind: 'kind',
  status: 'status',
  'networks[]': 'networks',
  'aliases[]': 'aliases',
  standsFor: 'env', // SERVICE_NAME
  'image.reference': 'image',
  'image.ours': 'env', // what our own launcher is told
  'image.user': 'user',
  'image.readOnlyRoot': 'readOnlyRoot',
  'image.writable[]': 'writable',
  'command[]': 'command',
  port: 'ports',
  'extraPorts[].variable': 'env',
  'extraPorts[].port': 'ports',
  'extraPorts[].protocol': 'ports',
  'publishes.variable': 'env',
  'publishes.host': 'publishedPorts',
  'publishes.port': 'publishedPorts',
  'publishes.behindEdge': 'publishedPorts',
  'publishedPorts[].host': 'publishedPorts',
  'publishedPorts[].port': 'publishedPorts',
  'publishedPorts[].lastPort': 'publishedPorts',
  'publishedPorts[].target': 'publishedPorts',
  'publishedPorts[].protocol': 'publishedPorts',
  replicas: 'replicas',
  'scale.min': 'scale',
  'scale.max': 'scale',
  'scale.cpuPercent': 'scale',
  'scale.memoryPercent': 'scale',
  'probe.check.kind': 'probe',
  'probe.check.path': 'probe',
  'probe.check.port': 'probe',
  'probe.check.command[]': 'probe',
  'probe.intervalSeconds': 'probe',
  'probe.timeoutSeconds': 'probe',
  'probe.retries': 'probe',
  'probe.startPeriodSeconds': 'probe',
  'env.*': 'env',
  'secrets[].variable': 'env',
  'secrets[].secret': 'secrets',
  'secretFiles[].name': 'secrets',
  'configs[].name': 'configs',
  'configs[].mountPath': 'configs',
  'volumes[].name': 'volumes',
  'volumes[].mountPath': 'volumes',
  'volumes[].scope': 'volumes',
  'volumes[].variable': 'env',
  'volumes[].sizeGiB': 'volumeSizes',
  'hostMounts[].hostPath': 'hostMounts',
  'hostMounts[].mountPath': 'hostMounts',
  'calls[]': 'edges',
  'reaches[]': 'edges',
  'uses[].store': 'edges',
  'uses[].database': 'secrets',
  'uses[].variable': 'env',
  'startsAfter[]': 'startsAfter',
  'memory.heapMiB': 'env', // NODE_OPTIONS
  'resources.limits.cpus': 'limits',
  'resources.limits.memoryMiB': 'limits',
  'resources.reservations.cpus': 'reservations',
  'resources.reservations.memoryMiB': 'reservations',
  'update.parallelism': 'update',
  'update.delaySeconds': 'update',
  'update.monitorSeconds': 'update',
  'update.failureAction': 'update',
  'update.order': 'update',
  'restart.condition': 'restart',
  'restart.delaySeconds': 'restartDelaySeconds',
  'restart.maxAttempts': 'restartAttempts',
  stopGraceSeconds: 'stopGraceSeconds',
  placement: 'placement',
  'system.networks[].name': 'networks',
  'system.networks[].subnet': 'networks',
  'system.networks[].internal': 'networks',
  'system.stores[].name': 'edges',
  'system.stores[].members[]': 'edges',
  'system.stores[].initialisedBy[]': 'edges',
};

/** Field of the model → why no target is compared on it. */
export const NOT_CARRIED: Readonly<Record<string, string>> = {
  cluster: 'a label for people',
  'council.size': 'several are services of their own before any target sees them',
  'council.members': 'several are services of their own before any target sees them',
  'council.key': 'several are services of their own before any target sees them',
  'council.nodeId': 'several are services of their own before any target sees them',
  plane: 'rules read it; what it forbids is said by networks and edges',
  app: 'where the code lies; a target names the image',
  'image.variable': 'the name of an override in the file, with the reference as its default',
  'image.programs[]': 'decides by which command a probe asks; what is asked is compared',
  'probe.startDeadlineMs': 'how long engines wait, whatever the target',
  'secretFiles[].secret': 'the text is made when the secret is, never written to a file of a target',
  'secretFiles[].template': 'the text is made when the secret is, never written to a file of a target',
  'configs[].content': 'check looks for the very text among the files (cli/config-texts.ts)',
  'memory.expectedMiB': 'the process engine adds these up before a start; targets have reservations',
  'shortfalls[].wish': 'said among the losses of every target (render/part-losses.ts)',
  'shortfalls[].why': 'said among the losses of every target (render/part-losses.ts)',
  'shortfalls[].substitute': 'said among the losses of every target (render/part-losses.ts)',
  'metrics.port': 'Prometheus is told by its own configuration, which is made from it',
  'metrics.path': 'Prometheus is told by its own configuration, which is made from it',
  'system.name': 'the name of the project; the namespace of a target may be another',
  'system.secrets[].name': 'a secret nobody mounts is in no file; those that are mounted are compared',
  'system.secrets[].format': 'how engines make a value',
  'system.secrets[].validators[].key': 'how engines make a value',
  'system.secrets[].validators[].nodeId': 'how engines make a value',
  'system.secrets[].validators[].url': 'how engines make a value',
  'system.secrets[].validators[].service': 'how engines make a value',
  'system.stores[].scheme': 'part of a connection string, which is a secret',
  'system.stores[].port': 'part of a connection string, which is a secret',
  'system.stores[].username': 'part of a connection string, which is a secret',
  'system.stores[].passwordSecret': 'part of a connection string, which is a secret',
  'system.stores[].options.*': 'part of a connection string, which is a secret',
};

/** Records whose keys are data, not fields. */
const FREE = new Set(['env', 'system.stores[].options']);

/** Fields of a composed system that no table knows, each once. */
export function uncomparedFields(system: System): string[] {
  const { services, ...rest } = system;
  const known = [...Object.keys(CARRIED), ...Object.keys(NOT_CARRIED)];
  const isKnown = (path: string) =>
    known.some((entry) => entry === path || entry.startsWith(`${path}.`) || entry.startsWith(`${path}[]`));
  const paths = [...services.flatMap((service) => pathsOf(service, '')), ...pathsOf(rest, 'system')];
  return [...new Set(paths)].filter((path) => !isKnown(path));
}

/** Every path in a value; an empty list or a missing value ends at its own name. */
function pathsOf(value: unknown, path: string): string[] {
  if (Array.isArray(value))
    return value.length === 0 ? [path] : value.flatMap((each) => pathsOf(each, `${path}[]`));
  if (typeof value !== 'object' || value === null) return [path];
  if (FREE.has(path)) return [`${path}.*`];
  return Object.entries(value).flatMap(([key, inner]) =>
    pathsOf(inner, path === '' ? key : `${path}.${key}`),
  );
}
