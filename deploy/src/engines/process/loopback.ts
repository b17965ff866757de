/** Finds a free loopback range by binding the name server in it: what is bound is ours, so two engines cannot collide. */
import { deployErrors } from '../../errors.ts';
import { type AddressPlan, BASE_PORTS, dnsEndpoint, OCTETS } from './address-plan.ts';
import { DnsServer } from './dns-server.ts';
import { requireFreePorts, type WantedPort } from './ports.ts';

export interface ClaimedRange {
  readonly plan: AddressPlan;
  readonly dns: DnsServer;
}

/**
 * @param wanted `subnet` or `ports` forces a mode; `auto` takes subnets where the machine has them
 * @param portsIn what will be listened on; a range where one is taken, as by children of a killed engine that are still
 *   draining, is passed over
 * @throws `no-loopback`, or `port-taken` where the ports of every range are
 */
export async function claimLoopback(
  wanted: 'auto' | 'subnet' | 'ports' = 'auto',
  portsIn: (plan: AddressPlan) => readonly WantedPort[] = () => [],
): Promise<ClaimedRange> {
  const subnets = OCTETS.map((octet): AddressPlan => ({ mode: 'subnet', octet }));
  const portRanges = BASE_PORTS.map((basePort): AddressPlan => ({ mode: 'ports', basePort }));
  const plans = wanted === 'ports' ? portRanges : wanted === 'subnet' ? subnets : [...subnets, ...portRanges];
  let subnetsExist = true;
  let taken: unknown;
  for (const plan of plans) {
    if (plan.mode === 'subnet' && !subnetsExist) continue;
    let dns: DnsServer | undefined;
    try {
      dns = await DnsServer.listen(dnsEndpoint(plan));
      await requireFreePorts(portsIn(plan));
      return { plan, dns };
    } catch (error) {
      await dns?.close();
      if (dns) {
        taken ??= error;
        continue;
      }
      const code = error instanceof Error && 'code' in error ? error.code : undefined;
      if (code === 'EADDRNOTAVAIL') subnetsExist = false;
      else if (code !== 'EADDRINUSE' && code !== 'EACCES') throw error;
    }
  }
  throw taken ?? deployErrors.noLoopback();
}
