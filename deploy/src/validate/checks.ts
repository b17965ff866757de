import type { Check } from './check.ts';
import { door } from './door.ts';
import { health } from './health.ts';
import { isolation } from './isolation.ts';
import { limits } from './limits.ts';
import { loadBalancer } from './load-balancer.ts';
import { logErrors } from './log-errors.ts';
import { memory } from './memory.ts';
import { replicas } from './replicas.ts';
import { stores } from './stores.ts';

/** All of them, in the order they are told. */
export const checks: readonly Check[] = [
  replicas,
  health,
  memory,
  limits,
  loadBalancer,
  door,
  stores,
  logErrors,
  isolation,
];
