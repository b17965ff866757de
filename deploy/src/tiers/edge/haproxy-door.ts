import { images } from '../../model/images.ts';
import type { Door } from './door.ts';
import { CLIENT_LIMITS, EDGE_PORTS, EDGE_PROBE, IDLE_TIMEOUT } from './facts.ts';
import { haproxyConfig } from './haproxy.ts';
import { HAPROXY_CONFIG_PATH, HAPROXY_START } from './haproxy-head.ts';

export const haproxyDoor: Door = {
  image: images.haproxy,
  dress: (builder, facts) => {
    const settings = [CLIENT_LIMITS.requestsPer10s, CLIENT_LIMITS.connections, IDLE_TIMEOUT];
    builder
      .config({ name: 'haproxy.cfg', mountPath: HAPROXY_CONFIG_PATH, content: haproxyConfig(facts) })
      .env(Object.fromEntries(settings.map(({ variable, value }) => [variable, String(value)])))
      .command('sh', '-c', HAPROXY_START)
      .probeBy({ kind: 'http', path: '/health', port: EDGE_PORTS.internal }, EDGE_PROBE)
      .metricsAt(EDGE_PORTS.internal);
  },
};
