/** The door: the model of the system, its profiles and rules, and the engines that run it. */
export type * from './engines/engine.ts';
export { ProcessEngine } from './engines/process/process-engine.ts';
export { SwarmEngine } from './engines/swarm/swarm-engine.ts';
export { DeployError, deployErrors } from './errors.ts';
export { defineSystem } from './model/define-system.ts';
export { callersOf, findService, serviceUrl, urlVariable } from './model/edges.ts';
export { environmentOf, type Variable } from './model/environment.ts';
export { startOrder } from './model/start-order.ts';
export { connectionString } from './model/store.ts';
export type * from './model/types.ts';
export { composeSystem } from './profiles/compose-system.ts';
export { profiles } from './profiles/index.ts';
export type { Profile } from './profiles/profile.ts';
export { problemsOf } from './rules/index.ts';
export { system } from './system.ts';
