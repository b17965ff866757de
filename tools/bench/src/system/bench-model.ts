/** Lucid under another name and on other addresses: beside one that is up already, for engines of containers. */
import { system as lucid, type System } from '@lucid/deploy';

export { profiles } from '@lucid/deploy';

const SUBNETS: Readonly<Record<string, string>> = {
  'lucid-network': '10.87.0.0/16',
  'lucid-tron-network': '10.88.0.0/16',
  'lucid-tron-egress': '10.89.0.0/24',
  'lucid-tron-uplink': '10.89.1.0/24',
};

export const system: System = {
  ...lucid,
  name: 'lucid-bench',
  networks: lucid.networks.map((network) => ({
    ...network,
    subnet: SUBNETS[network.name] ?? network.subnet,
  })),
};
