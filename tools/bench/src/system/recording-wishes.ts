import type { Bench } from '../benchmark.ts';
import type { BenchSystem } from './bench-system.ts';
import { OPEN_SYSTEM } from './wishes.ts';

/** As many recorders as the scaling guide has. */
export const RECORDERS = 3;

/** A recorder takes as many as come; the limits of users are out of the way already. */
const ENV: readonly string[] = [...OPEN_SYSTEM, 'session-recorder:MAX_CONCURRENT_RECORDINGS=10000'];

/** The system that the benchmarks of recording share. */
export const recordingSystem = (bench: Bench): Promise<BenchSystem> =>
  bench.system(ENV, [`session-recorder.replicas=${RECORDERS}`]);
