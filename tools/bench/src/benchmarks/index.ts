import type { Benchmark } from '../benchmark.ts';
import { anchoring } from './anchoring.ts';
import { blocks } from './blocks.ts';
import { chain, chainOfFour } from './chain.ts';
import { codec } from './codec.ts';
import { engines } from './engines.ts';
import { gateway } from './gateway.ts';
import { images } from './images.ts';
import { ledger } from './ledger.ts';
import { limits } from './limits.ts';
import { memory } from './memory.ts';
import { merkle } from './merkle.ts';
import { merkleService } from './merkle-service.ts';
import { mongodb } from './mongodb.ts';
import { record } from './record.ts';
import { recording } from './recording.ts';
import { recordingCrash } from './recording-crash.ts';
import { render } from './render.ts';
import { resticBenchmark } from './restic.ts';
import { seedEndpoints } from './seed-endpoints.ts';
import { ticks } from './ticks.ts';
import { up } from './up.ts';

/** In the order in which they run: what needs no system first, then those that share one. */
export const benchmarks: readonly Benchmark[] = [
  codec,
  merkle,
  merkleService,
  ledger,
  chain,
  chainOfFour,
  ticks,
  anchoring,
  mongodb,
  render,
  images,
  up,
  engines,
  record,
  memory,
  limits,
  gateway,
  seedEndpoints,
  blocks,
  recording,
  resticBenchmark,
  recordingCrash,
];
