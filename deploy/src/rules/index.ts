import type { System } from '../model/types.ts';
import { edges } from './edges.ts';
import { networks } from './networks.ts';
import { ports } from './ports.ts';
import type { Rule } from './rule.ts';
import { scaleRange } from './scale-range.ts';
import { secretsAndStores } from './secrets-and-stores.ts';
import { startOrder } from './start-order.ts';
import { uniqueNames } from './unique-names.ts';

/** Every rule, in the order their complaints are read. */
export const rules: readonly Rule[] = [
  uniqueNames,
  ports,
  edges,
  startOrder,
  scaleRange,
  secretsAndStores,
  networks,
];

/** All problems of a composed model, each led by the rule that found it. */
export function problemsOf(system: System): string[] {
  return rules.flatMap((rule) => rule.check(system).map((problem) => `${rule.name}: ${problem}`));
}
