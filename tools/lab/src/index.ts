/** What other tools and tests use of the lab; people use `lab` (main.ts). */
export { whyNoEngine, whyNoSwarm } from './docker/can-run.ts';
export { engineMachine } from './docker/engine-machine.ts';
export { type FoundEngine, findEngine } from './docker/find-engine.ts';
export { cacheDir } from './paths.ts';
export * from './swarm/index.ts';
