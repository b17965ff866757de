import { defineSystem } from '../../../src/model/define-system.ts';
import { images } from '../../../src/model/images.ts';
import type { System } from '../../../src/model/types.ts';
import { DEPLOYMENT, type Defect } from '../support/defect.ts';

const NETWORKS = {
  open: { subnet: '172.20.0.0/16' },
  tron: { subnet: '172.21.0.0/16', internal: true },
  egress: { subnet: '172.22.0.0/24', internal: true },
  uplink: { subnet: '172.22.1.0/24' },
} as const;

/** Cluster 07 as the guide has it: everything on one internal network, and the client wants the world. */
const cluster07 = (publishes: boolean): System =>
  defineSystem('tron', (s) => {
    const network = s.network('lucid-tron-network', NETWORKS.tron);
    const tron = { cluster: 'tron', plane: 'wallet', network } as const;
    const client = s.service('lucid-tron-client', { ...tron, port: 8085 }).env({
      TRON_NETWORK: 'mainnet',
      TRON_API_URL: 'https://api.trongrid.io',
    });
    if (publishes) client.publishedPort({ port: 8085, target: 8085 });
    s.service('lucid-payout-router', { ...tron, port: 8086 }).calls(client);
  });

/** The isolation the guide asks for, opened where each of its fragments would open it. */
const opened: System = defineSystem('opened', (s) => {
  const open = s.network('lucid-network', NETWORKS.open);
  const network = s.network('lucid-tron-network', NETWORKS.tron);
  const egress = s.network('lucid-tron-egress', NETWORKS.egress);
  const uplink = s.network('lucid-tron-uplink', NETWORKS.uplink);
  const tron = { cluster: 'tron', plane: 'wallet', network } as const;
  s.support('lucid-tron-egress-proxy', { ...tron, network: egress, port: 3128, image: images.squid })
    .joins(uplink)
    .config({
      name: 'squid.conf',
      mountPath: '/squid.conf',
      content: 'acl allowed dstdomain api.shasta.trongrid.io',
    });
  s.service('lucid-tron-client', { ...tron, port: 8085 })
    .joins(egress)
    .env({ TRON_API_URL: 'https://api.trongrid.io', HTTPS_PROXY: 'http://lucid-tron-egress-proxy:3128' })
    .reaches('lucid-tron-egress-proxy');
  s.service('lucid-wallet-manager', { ...tron, port: 8087 }).joins(open, egress);
  s.service('lucid-payment-gateway', { ...tron, port: 8090 }).joins(open);
  s.service('lucid-node-management', { cluster: 'nodes', port: 8095, network: open }).joins(network);
});

export const wallets: readonly Defect[] = [
  {
    rule: 'networks',
    from: `${DEPLOYMENT}, cluster 07`,
    what: 'publishes a port from the internal network',
    system: cluster07(true),
    complaints: ['lucid-tron-client publishes a port from an internal network'],
  },
  {
    rule: 'egress',
    from: `${DEPLOYMENT}, cluster 07`,
    what: 'calls api.trongrid.io from a network without a way out',
    system: cluster07(false),
    complaints: ['lucid-tron-client wants api.trongrid.io, but its networks have no way out'],
  },
  {
    rule: 'egress',
    from: `${DEPLOYMENT}, environments`,
    what: 'switches to the main network while the proxy knows the test network only',
    system: opened,
    complaints: [
      'lucid-tron-client wants api.trongrid.io, which lucid-tron-egress-proxy does not let through',
    ],
  },
  {
    rule: 'wallet-plane',
    from: `${DEPLOYMENT}, cluster 07 and node management`,
    what: 'calls the cluster isolated, while anything may be put on its network',
    system: opened,
    complaints: [
      'lucid-wallet-manager is on lucid-network, which is not internal',
      'lucid-node-management is on lucid-network, where wallet parts are, and is not one of them',
      'lucid-node-management is on lucid-tron-network, where wallet parts are, and is not one of them',
      'lucid-wallet-manager can reach lucid-tron-egress-proxy, which is for lucid-tron-client alone',
    ],
  },
  {
    rule: 'subnets',
    from: `${DEPLOYMENT}, network variables`,
    what: 'lets two variables set the subnets, which need not differ',
    system: defineSystem('subnets', (s) => {
      s.network('lucid-network', { subnet: '172.20.0.0/15' });
      s.network('lucid-tron-network', { subnet: '172.21.0.0/16', internal: true });
      s.network('typo', { subnet: '172.22.0.1/16' });
    }),
    complaints: [
      'typo has no valid subnet: 172.22.0.1/16',
      'lucid-network (172.20.0.0/15) and lucid-tron-network (172.21.0.0/16) overlap',
    ],
  },
];
