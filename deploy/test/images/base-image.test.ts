import { join } from 'node:path';
import { describe, expect, test } from 'vitest';
import { likelyBase, requireBase } from '../../src/images/base-image.ts';
import { baseLayer } from '../../src/images/base-layer.ts';
import { sharedLibraries } from '../../src/images/shared-libraries.ts';
import { FakeDocker, image } from './support/fake-docker.ts';

const root = join(import.meta.dirname, '../../..');
const DISTROLESS = 'gcr.io/distroless/nodejs24-debian12:nonroot';

function machine(wanted?: string) {
  const docker = new FakeDocker();
  const said: string[] = [];
  const options = { docker, root, wanted, cache: true, tell: (line: string) => said.push(line) };
  return { docker, said, options };
}

describe('the base', () => {
  test('is the one the engine has already, whatever registries say', async () => {
    const { docker, options } = machine();
    docker.images.set(DISTROLESS, image('sha256:1'));
    expect(await requireBase(options)).toMatchObject({ reference: DISTROLESS, id: 'sha256:1' });
    expect(docker.asked).toEqual([]);
  });

  test('is pulled where a registry answers', async () => {
    const { docker, options } = machine('registry.test/base:1');
    docker.registry.set('registry.test/base:1', image('sha256:2'));
    expect(await likelyBase(options)).toBeUndefined();
    expect(await requireBase(options)).toMatchObject({ reference: 'registry.test/base:1', id: 'sha256:2' });
  });

  test('that was named and cannot be had is not replaced by another', async () => {
    const { docker, options } = machine('registry.test/base:1');
    await expect(requireBase(options)).rejects.toThrow(
      'BASE_IMAGE registry.test/base:1 is not on this machine and cannot be pulled (no such host)',
    );
    expect(docker.builds).toEqual([]);
  });

  test.skipIf(process.platform !== 'linux')(
    'is made where none can be pulled, said so, and kept (needs Linux)',
    async () => {
      const { docker, said, options } = machine();
      const first = await requireBase(options);
      expect(first.reference).toMatch(/^lucid\/base:node24\./);
      expect(said).toEqual([
        expect.stringContaining('cannot be pulled (no such host): making lucid/base:node24.'),
      ]);
      expect(await requireBase(options)).toEqual(first);
      expect(docker.asked).toEqual([`pull ${DISTROLESS}`, `build ${first.reference}`]);
    },
  );
});

describe('the content of a base made here', () => {
  const layer = baseLayer({
    node: join(root, 'package.json'), // any file will do
    libraries: ['/etc/hostname'],
    certificates: join(root, 'README.md'),
    timeZones: join(root, 'deploy/images'),
  });
  const named = (path: string) => layer.find((entry) => entry.path === path);

  test('has Node where the distroless image has it, and a folder for temporary files', () => {
    expect(named('nodejs/bin/node')).toMatchObject({ mode: 0o555, owner: 0 });
    expect(named('tmp')).toMatchObject({ kind: 'directory', mode: 0o1777 });
    expect(named('etc/hostname')).toBeDefined();
  });

  test('has the user by name, host names by DNS, certificates and time zones', () => {
    expect(String(named('etc/passwd')?.content?.[0])).toContain('nonroot:x:65534:65534:');
    expect(String(named('etc/nsswitch.conf')?.content?.[0])).toContain('hosts: files dns');
    expect(named('etc/ssl/certs/ca-certificates.crt')).toBeDefined();
    expect(named('usr/share/zoneinfo/app/start.mjs')).toBeDefined();
  });

  test('has no shell and nothing with special rights', () => {
    expect(layer.filter(({ path }) => /(^|\/)(sh|bash|dash|busybox)$/.test(path))).toEqual([]);
    expect(layer.filter(({ mode, path }) => mode & 0o6000 && path !== 'tmp')).toEqual([]);
  });
});

describe('what a program is linked with', () => {
  test('is read from ldd: libraries and the loader, not the kernel’s own', () => {
    const output = [
      '\tlinux-vdso.so.1 (0x00007f8a312b6000)',
      '\tlibm.so.6 => /lib/x86_64-linux-gnu/libm.so.6 (0x00007f8a30f20000)',
      '\tlibc.so.6 => /lib/x86_64-linux-gnu/libc.so.6 (0x00007f8a30d3e000)',
      '\t/lib64/ld-linux-x86-64.so.2 (0x00007f8a312b8000)',
    ].join('\n');
    expect(sharedLibraries(output)).toEqual([
      '/lib/x86_64-linux-gnu/libc.so.6',
      '/lib/x86_64-linux-gnu/libm.so.6',
      '/lib64/ld-linux-x86-64.so.2',
    ]);
  });

  test('must be there', () => {
    expect(() => sharedLibraries('\tlibatomic.so.1 => not found\n')).toThrow('libatomic.so.1 is missing');
  });
});
