import { temporaryFolder } from '@lucid/testing';
import { it } from 'vitest';
import { ComposeEngine } from '../../src/engines/compose/compose-engine.ts';
import { engineCompliance } from '../compliance/engine-compliance.ts';
import { root, tinySystem } from '../support/tiny-engine.ts';
import { whyNoCompose } from './support/engines-here.ts';
import { provideTinyImage } from './support/tiny-image.ts';

const services = ['lucid-tiny-store', 'lucid-tiny-left', 'lucid-tiny-right', 'lucid-tiny-door'];
const reason = await whyNoCompose();

if (reason) it('the compose engine is like any engine', (test) => test.skip(reason));
else
  engineCompliance('compose', async () => {
    await provideTinyImage();
    const folder = temporaryFolder('compose-compliance');
    const engine = new ComposeEngine({ root, home: folder.path, systemModule: tinySystem, build: false });
    const up = { profile: 'tiny', publish: 'none', set: ['*.probe.interval=5', '*.update.monitor=2'] };
    const teardown = async () => {
      await engine.down({ volumes: true });
      folder[Symbol.dispose]();
    };
    return { engine, up, services, scalable: 'lucid-tiny-left', teardown };
  });
