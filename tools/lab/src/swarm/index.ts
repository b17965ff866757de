/**
 * A Swarm of several nodes on one machine, for tests that kill nodes and cut cables.
 *
 *   const swarm = await startSwarm({ stateDir });      // three engines, node 1 manages
 *   await swarm.loadImages(['lucid/session-api:dev'], 'unix:///var/run/docker.sock');
 *   await docker(swarm.dockerHost, ['stack', 'deploy', …]);
 *   await swarm.killNode(3);                           // loses power; startNode(3) brings it back
 *   await swarm.cutNode(2);                            // its cable is pulled; healNode(2)
 *   await swarm.stop();                                // nothing is left, images in stateDir included
 */
export { docker } from '../docker/client.ts';
export type { NodeRole } from './addresses.ts';
export type { Loaded, LoadImages } from './load-images.ts';
export type { NodeCondition } from './state.ts';
export { openSwarm, type StartSwarm, Swarm, type SwarmNode, startSwarm } from './swarm.ts';
