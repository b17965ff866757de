import { describe, expect, it } from 'vitest';
import { type Machine, whyNot } from '../src/can-run.ts';
import { parseGoVersion } from '../src/this-machine.ts';

const able: Machine = {
  platform: 'linux',
  uid: 0,
  hasTool: async (name) => name !== 'debootstrap',
  canUnshare: async () => true,
  mirror: async () => 'http://mirror.test/debian',
  aptKnowsDebootstrap: async () => true,
  goVersion: async () => [1, 26],
  freeBytes: async () => 2 ** 40,
  built: async () => ({ rootFolder: false, ferretdb: false }),
};

describe('whether a machine can run the lab', () => {
  it('is yes where everything is there', async () => {
    expect(await whyNot(able)).toBeUndefined();
  });

  it.each<[string, Partial<Machine>]>([
    ['Linux is needed, this is darwin', { platform: 'darwin' }],
    ['root is needed (mount namespaces and chroot)', { uid: 1000 }],
    ['unshare is not installed', { hasTool: async (name) => name !== 'unshare' }],
    ['this machine does not allow mount namespaces (unshare --mount)', { canUnshare: async () => false }],
    ['apt-get is not installed', { hasTool: async (name) => name !== 'apt-get' }],
    ['the apt sources name no Debian mirror', { mirror: async () => undefined }],
    ['debootstrap is not obtainable by apt (try apt-get update)', { aptKnowsDebootstrap: async () => false }],
    ['less than 2 GiB free for the cache folder', { freeBytes: async () => 2 ** 30 }],
    ['Go is not installed', { goVersion: async () => undefined }],
    ['Go 1.25 or newer is needed, this is 1.19', { goVersion: async () => [1, 19] }],
  ])('is no with the one reason: %s', async (reason, lack) => {
    expect(await whyNot({ ...able, ...lack })).toBe(reason);
  });

  it('asks for no builder once everything is built', async () => {
    const built = async () => ({ rootFolder: true, ferretdb: true });
    const bare = {
      mirror: async () => undefined,
      goVersion: async () => undefined,
      freeBytes: async () => 0,
    };
    expect(await whyNot({ ...able, ...bare, built })).toBeUndefined();
  });

  it('reads the version of Go', () => {
    expect(parseGoVersion('go version go1.26.8 linux/amd64')).toEqual([1, 26]);
    expect(parseGoVersion('something else')).toBeUndefined();
  });
});
