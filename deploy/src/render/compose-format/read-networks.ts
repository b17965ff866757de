import type { CanonicalNetwork } from '../canonical.ts';
import { formatErrors } from './errors.ts';

interface FileNetwork {
  readonly internal?: boolean;
  readonly ipam: { readonly config: readonly { readonly subnet: string }[] };
}

/** The networks of a file, by name. */
export function readNetworks(networks: Readonly<Record<string, FileNetwork>>): CanonicalNetwork[] {
  return Object.entries(networks)
    .map(([name, { internal = false, ipam }]) => {
      const [config, ...others] = ipam.config;
      if (!config || others.length > 0) throw formatErrors.notUnderstood(name, 'has not exactly one subnet');
      return { name, subnet: config.subnet, internal };
    })
    .sort((a, b) => (a.name < b.name ? -1 : 1));
}
