import type { Check } from './check.ts';
import { replicas } from './replicas.ts';

/** All of them, in the order they are told. */
export const checks: readonly Check[] = [replicas];
