import { bridgeName, hostAddress, planNodes } from './addresses.ts';
import { forwardRule } from './forward-rule.ts';

/** What bringing up a Swarm does to the machine, for people who ask first. Told for the first free number. */
export function describeSwarm(dataDir: string, index: number, nodes: number, managers: number): string[] {
  const bridge = bridgeName(index);
  return [
    `ip link add ${bridge} type bridge, address ${hostAddress(index)}/24`,
    `iptables -I ${forwardRule(bridge).join(' ')}`,
    `a name server at ${hostAddress(index)}:53 that says of every name that it does not exist`,
    ...planNodes(index, nodes, managers).map(
      ({ number, netns, veth, address, hostName, role }) =>
        `network namespace ${netns}, cable ${veth}, address ${address}; in it dockerd ${hostName}, ${role}, data in ${dataDir}/${number}`,
    ),
  ];
}
