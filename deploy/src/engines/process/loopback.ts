/** Finds a free loopback range by binding the name server in it: what is bound is ours, so two engines cannot collide. */
import { deployErrors } from '../../errors.ts';
import { type AddressPlan, BASE_PORTS, dnsEndpoint, OCTETS } from './address-plan.ts';
import { DnsServer } from './dns-server.ts';

export interface ClaimedRange {
  readonly plan: AddressPlan;
  readonly dns: DnsServer;
}

/** @param wanted `subnet` or `ports` forces a mode; `auto` takes subnets where the machine has them */
export async function claimLoopback(wanted: 'auto' | 'subnet' | 'ports' = 'auto'): Promise<ClaimedRange> {
  const subnets = OCTETS.map((octet): AddressPlan => ({ mode: 'subnet', octet }));
  const portRanges = BASE_PORTS.map((basePort): AddressPlan => ({ mode: 'ports', basePort }));
  const plans = wanted === 'ports' ? portRanges : wanted === 'subnet' ? subnets : [...subnets, ...portRanges];
  let subnetsExist = true;
  for (const plan of plans) {
    if (plan.mode === 'subnet' && !subnetsExist) continue;
    try {
      return { plan, dns: await DnsServer.listen(dnsEndpoint(plan)) };
    } catch (error) {
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EADDRNOTAVAIL') subnetsExist = false;
      else if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    }
  }
  throw deployErrors.noLoopback();
}
