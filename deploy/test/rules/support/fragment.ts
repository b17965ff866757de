import { defineSystem, type SystemPen } from '../../../src/model/define-system.ts';
import type { Image } from '../../../src/model/images.ts';
import type { Network, Service, System } from '../../../src/model/types.ts';

/** A few services on lucid-network, as a fragment of a guide has them. */
export function fragment(draw: (pen: SystemPen, network: Network) => void): System {
  return defineSystem('fragment', (s) => draw(s, s.network('lucid-network', { subnet: '172.20.0.0/16' })));
}

/** One service of it with fields the builder would not write. */
export function fragmentWith(system: System, name: string, change: Partial<Service>): System {
  const services = system.services.map((each) => (each.name === name ? { ...each, ...change } : each));
  return { ...system, services };
}

/** Somebody else's image that the model does not know, with what it has inside. */
export const foreign = (reference: string, ...programs: readonly string[]): Image => ({
  reference,
  ours: false,
  variable: undefined,
  programs,
  user: undefined,
  readOnlyRoot: false,
  writable: [],
});
