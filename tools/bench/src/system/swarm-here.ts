import { openSwarm } from '@lucid/lab';

export interface SwarmHere {
  /** `DOCKER_HOST` of a manager; the client's own default when undefined. */
  readonly host?: string;
  /** Of every node, as far as they are known. */
  readonly nodes: readonly string[];
}

/** The Swarm of `lab up --swarm` (LUCID_SWARM_STATE), else whatever Docker is there. @throws when the lab's is not up */
export async function swarmHost(): Promise<SwarmHere> {
  const state = process.env.LUCID_SWARM_STATE;
  if (!state) return { nodes: [] };
  const { dockerHost, nodes } = await openSwarm(state);
  return { host: dockerHost, nodes: nodes.map((node) => node.dockerHost) };
}
