import { describe, expect, it } from 'vitest';
import {
  chosenImages,
  deployedReference,
  withImageVariables,
} from '../../src/engines/containers/deployed-images.ts';
import { system } from './support/systems.ts';

const [store, left] = system.services;
if (!store || !left) throw new Error('the fixture has no services');

describe('the images of a deployment', () => {
  it('are all that a child process is told, whatever else the shell says', () => {
    const images = chosenImages(system, { LUCID_VERSION: '0.1.0', MONGO_IMAGE: '' });
    const shell = { LUCID_REGISTRY: 'other.test', LUCID_VERSION: '9', MONGO_IMAGE: 'other', PATH: '/bin' };
    expect(withImageVariables(shell, system, images)).toEqual({ LUCID_VERSION: '0.1.0', PATH: '/bin' });
  });

  it('lose the versions of single services to another version for all, not to the same one', () => {
    const before = {
      variables: { LUCID_VERSION: '0.1.0' },
      pinned: { [left.name]: 'r/left:0.2.0' },
      replaced: {},
    };
    for (const same of [{}, { LUCID_VERSION: '0.1.0' }, { MONGO_IMAGE: 'my/mongo:7' }])
      expect(deployedReference(left, chosenImages(system, same, before))).toBe('r/left:0.2.0');
    const other = chosenImages(system, { LUCID_VERSION: '0.3.0' }, before);
    expect(deployedReference(left, other)).toBe('ghcr.io/hamigames/lucid/tiny-left:0.3.0');
    expect(deployedReference(store, other)).toBe('mongo:7.0');
  });
});
