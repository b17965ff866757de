import type { Service, System } from '../../model/types.ts';

/**
 * What the mesh knows: our built services on its network, without the wallet plane, which has a way in of its own.
 * Being routed to is no permission: the callee still asks for the caller's token and the edge in the model.
 */
export function routedServices(system: System, network: string): Service[] {
  return system.services.filter(
    ({ kind, status, plane, networks }) =>
      kind === 'service' && status === 'built' && plane !== 'wallet' && networks.includes(network),
  );
}
