import { images } from '../../../src/model/images.ts';
import { DEPLOYMENT, type Defect, SCALING } from '../support/defect.ts';
import { foreign, fragment } from '../support/fragment.ts';

/** Ports of the host, and what a container may do to it. */
export const doors: readonly Defect[] = [
  {
    rule: 'published-ports',
    from: `${DEPLOYMENT}, clusters 03, 06 and 02`,
    what: 'publishes 8083 for the pipeline and the admin interface, 8084 for the engine and the recorder',
    system: fragment((s, network) => {
      for (const [name, port] of [
        ['lucid-session-pipeline', 8083],
        ['lucid-admin-interface', 8083],
        ['lucid-blockchain-engine', 8084],
        ['lucid-session-recorder', 8084],
      ] as const)
        s.service(name, { cluster: 'sessions', port, network }).publishedPort({ port, target: port });
    }),
    complaints: [
      'two services publish 0.0.0.0:8083/tcp: lucid-session-pipeline and lucid-admin-interface',
      'two services publish 0.0.0.0:8084/tcp: lucid-blockchain-engine and lucid-session-recorder',
    ],
  },
  {
    rule: 'published-ports',
    from: `${SCALING}, RDP services, beside ${DEPLOYMENT}, cluster 04`,
    what: 'gives five replicas of xrdp one port, and puts another door inside its range',
    system: fragment((s, network) => {
      s.service('lucid-xrdp', { cluster: 'rdp', port: 8091, network })
        .publishedPort({ port: 8091, target: 8091 })
        .publishedPort({ port: 13_389, lastPort: 14_389, target: 13_389 })
        .scale(5, 5);
      s.service('lucid-session-controller', { cluster: 'rdp', port: 8092, network }).publishedPort({
        host: '127.0.0.1',
        port: 14_000,
        target: 8092,
      });
    }),
    complaints: [
      'two services publish 0.0.0.0:14000/tcp: lucid-xrdp and lucid-session-controller',
      'lucid-xrdp has 5 replicas, which cannot share the published port 8091',
    ],
  },
  {
    rule: 'published-ports',
    from: `${SCALING}, RDP services`,
    what: 'would run out of ports if the range were as short as the diagram of replicas is long',
    system: fragment((s, network) => {
      s.service('lucid-xrdp', { cluster: 'rdp', port: 8091, network })
        .publishedPort({ port: 13_389, lastPort: 13_391, target: 13_389 })
        .scale(1, 5);
    }),
    complaints: ['lucid-xrdp publishes 13389-13391, too few ports for 5 replicas'],
  },
  {
    rule: 'host-access',
    from: `${SCALING}, load balancer`,
    what: 'gives Traefik the socket of the engine and an open dashboard',
    system: fragment((s, network) => {
      s.support('lucid-traefik', { cluster: 'gateway', port: 80, network, image: images.traefik })
        .command('traefik', '--api.insecure=true', '--providers.docker=true')
        .hostMount({ hostPath: '/var/run/docker.sock', mountPath: '/var/run/docker.sock' });
    }),
    complaints: [
      'lucid-traefik mounts /var/run/docker.sock of the host',
      'lucid-traefik can be steered by anybody: api.insecure',
    ],
  },
  {
    rule: 'pinned-images',
    from: 'scaling plan, load balancers and monitoring',
    what: 'takes whatever nginx and Prometheus are today',
    system: fragment((s, network) => {
      s.support('nginx-lb-1', { cluster: 'gateway', port: 80, network, image: foreign('nginx:alpine') });
      s.support('prometheus', {
        cluster: 'ops',
        port: 9090,
        network,
        image: foreign('prom/prometheus:latest'),
      });
    }),
    complaints: [
      'nginx-lb-1 takes nginx:alpine, whatever that is today',
      'prometheus takes prom/prometheus:latest, whatever that is today',
    ],
  },
];
