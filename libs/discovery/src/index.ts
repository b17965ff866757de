export type { Address } from './address.ts';
export { createDiscovery, type Discovery, type DiscoveryOptions } from './discovery.ts';
