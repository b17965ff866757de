import { engineCompliance } from './compliance/engine-compliance.ts';
import { tinyEngine } from './support/tiny-engine.ts';

const services = ['lucid-tiny-store', 'lucid-tiny-left', 'lucid-tiny-right', 'lucid-tiny-door'];

for (const addresses of ['auto', 'ports'] as const) {
  engineCompliance(`process (addresses: ${addresses})`, async () => {
    const tiny = tinyEngine({ addresses });
    const up = { profile: 'tiny', publish: 'none' };
    return { engine: tiny.engine, up, services, scalable: 'lucid-tiny-left', teardown: tiny.remove };
  });
}
