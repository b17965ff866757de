/**
 * Which address each instance listens on. Pure arithmetic: `loopback.ts` finds out which plan this machine allows.
 *
 *   subnet  127.<octet>.<service index>.<replica>, the seeds' own ports; DNS on 127.<octet>.0.2:8600
 *   ports   127.0.0.1 and one port per instance, for systems that know a single loopback address (macOS)
 */
import { deployErrors } from '../../errors.ts';
import type { Service } from '../../model/types.ts';

export type AddressPlan =
  | { readonly mode: 'subnet'; readonly octet: number }
  | { readonly mode: 'ports'; readonly basePort: number };

export interface Endpoint {
  readonly host: string;
  readonly port: number;
}

/** Where one instance is: its address and, for each port of the model, the port it really listens on. */
export interface InstanceAddress {
  readonly host: string;
  portFor(modelPort: number): number;
}

/** 127.20/16 mirrors lucid-network, 127.21/16 the TRON network; every further engine takes the next four. */
export const OCTETS: readonly number[] = Array.from({ length: 58 }, (_, step) => 20 + 4 * step);

/** Below the ephemeral ranges of Linux (32768) and macOS (49152); a thousand ports per engine. */
export const BASE_PORTS: readonly number[] = Array.from({ length: 10 }, (_, step) => 20_000 + 1_000 * step);

const DNS_PORT = 8600; // Consul's, so that one number is remembered
const PORTS_PER_SERVICE = 25;

export function dnsEndpoint(plan: AddressPlan): Endpoint {
  return plan.mode === 'subnet'
    ? { host: `127.${plan.octet}.0.2`, port: DNS_PORT }
    : { host: '127.0.0.1', port: plan.basePort };
}

/** @param index position of the service in the model, from 1; @param replica from 1 */
export function instanceAddress(
  plan: AddressPlan,
  service: Service,
  index: number,
  replica: number,
): InstanceAddress {
  if (plan.mode === 'subnet')
    return { host: `127.${plan.octet}.${index}.${replica}`, portFor: (port) => port };
  const modelPorts = [service.port, ...service.extraPorts.map((extra) => extra.port)];
  const first = (replica - 1) * modelPorts.length;
  if (first + modelPorts.length > PORTS_PER_SERVICE) {
    throw deployErrors.tooManyReplicas(service.name, Math.floor(PORTS_PER_SERVICE / modelPorts.length));
  }
  const base = plan.basePort + index * PORTS_PER_SERVICE + first;
  return { host: '127.0.0.1', portFor: (port) => base + Math.max(0, modelPorts.indexOf(port)) };
}

/** `a` where the address alone tells instances apart, `srv` where the port does. */
export function discoveryRecord(plan: AddressPlan): 'a' | 'srv' {
  return plan.mode === 'subnet' ? 'a' : 'srv';
}
