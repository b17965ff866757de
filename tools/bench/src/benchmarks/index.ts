import type { Benchmark } from '../benchmark.ts';
import { codec } from './codec.ts';
import { ledger } from './ledger.ts';
import { merkle } from './merkle.ts';
import { mongodb } from './mongodb.ts';

/** In the order in which they run: what needs nothing first. */
export const benchmarks: readonly Benchmark[] = [codec, merkle, ledger, mongodb];
