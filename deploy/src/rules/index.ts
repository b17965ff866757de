import type { System } from '../model/types.ts';
import { commands } from './commands.ts';
import { edges } from './edges.ts';
import { egress } from './egress.ts';
import { hostAccess } from './host-access.ts';
import { ineffectiveVariables } from './ineffective-variables.ts';
import { knownVariablesOnly } from './known-variables.ts';
import { limits } from './limits.ts';
import { memoryFits } from './memory-fits.ts';
import { metrics } from './metrics.ts';
import { networks } from './networks.ts';
import { pinnedImages } from './pinned-images.ts';
import { plainSecrets } from './plain-secrets.ts';
import { plannedParts } from './planned-parts.ts';
import { ports } from './ports.ts';
import { probes } from './probes.ts';
import { prometheusFiles } from './prometheus-files.ts';
import { publishedPorts } from './published-ports.ts';
import { redisCluster } from './redis-cluster.ts';
import { replicaSet } from './replica-set.ts';
import type { Rule } from './rule.ts';
import { scaleRange } from './scale-range.ts';
import { searchCluster } from './search-cluster.ts';
import { secretsAndStores } from './secrets-and-stores.ts';
import { startOrder } from './start-order.ts';
import { stopGrace } from './stop-grace.ts';
import { subnets } from './subnets.ts';
import { uniqueNames } from './unique-names.ts';
import { updateOrder } from './update-order.ts';
import { walletPlane } from './wallet-plane.ts';

/** Every rule, in the order their complaints are read: who there is, who reaches whom, what each is given. */
export const rules: readonly Rule[] = [
  uniqueNames,
  ports,
  publishedPorts,
  edges,
  startOrder,
  plannedParts,
  scaleRange,
  networks,
  subnets,
  walletPlane,
  egress,
  secretsAndStores,
  plainSecrets,
  hostAccess,
  pinnedImages,
  commands,
  probes,
  metrics,
  prometheusFiles,
  replicaSet,
  redisCluster,
  searchCluster,
  limits,
  memoryFits,
  stopGrace,
  updateOrder,
  knownVariablesOnly,
  ineffectiveVariables,
];

/** All problems of a composed model, each led by the rule that found it. */
export function problemsOf(system: System): string[] {
  return rules.flatMap((rule) => rule.check(system).map((problem) => `${rule.name}: ${problem}`));
}
