import type { Bench } from '../benchmark.ts';
import type { BenchSystem } from './bench-system.ts';
import { OPEN_SYSTEM } from './wishes.ts';

/** As many recorders as the scaling guide has. */
export const RECORDERS = 3;

/** Limits on how much goes on at once, out of the way; people keep the five sessions they may have each. */
const ENV: readonly string[] = [
  ...OPEN_SYSTEM,
  'session-api:RATE_LIMIT_ENABLED=false',
  'session-api:MAX_CONCURRENT_SESSIONS=10000',
  'session-recorder:MAX_CONCURRENT_RECORDINGS=10000',
];

/** The system that the benchmarks of recording share. */
export const recordingSystem = (bench: Bench): Promise<BenchSystem> =>
  bench.system(ENV, [`session-recorder.replicas=${RECORDERS}`]);
