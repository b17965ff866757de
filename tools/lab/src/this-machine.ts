import { access, constants, mkdir, statfs } from 'node:fs/promises';
import { delimiter, join } from 'node:path';
import { execa } from 'execa';
import type { Machine } from './can-run.ts';
import { aptKnowsDebootstrap } from './debian/debootstrap.ts';
import { debianMirror } from './debian/mirror.ts';
import { exists, rootFolder } from './debian/root-folder.ts';
import { ferretdbDir } from './ferretdb/build.ts';

/** Reads `go version go1.26.8 linux/amd64`. */
export function parseGoVersion(text: string): readonly [number, number] | undefined {
  const match = /\bgo(\d+)\.(\d+)/.exec(text);
  return match === null ? undefined : [Number(match[1]), Number(match[2])];
}

/** The real machine this process runs on. */
export function thisMachine(cache: string, env: NodeJS.ProcessEnv): Machine {
  return {
    platform: process.platform,
    uid: process.getuid?.() ?? -1,
    async hasTool(name) {
      const folders = (env.PATH ?? '').split(delimiter);
      const found = folders.map((dir) => access(join(dir, name), constants.X_OK));
      return Promise.any(found).then(
        () => true,
        () => false,
      );
    },
    async canUnshare() {
      const probe = ['--mount', '--ipc', '--pid', '--fork', 'sh', '-c', 'mount -t tmpfs tmpfs /tmp'];
      return !(await execa('unshare', probe, { reject: false })).failed;
    },
    mirror: () => debianMirror(),
    aptKnowsDebootstrap,
    async goVersion() {
      const { stdout, failed } = await execa('go', ['version'], { reject: false });
      return failed ? undefined : parseGoVersion(stdout);
    },
    async freeBytes() {
      await mkdir(cache, { recursive: true });
      const { bavail, bsize } = await statfs(cache);
      return bavail * bsize;
    },
    async built() {
      return {
        rootFolder: await exists(await rootFolder(cache)),
        ferretdb: await exists(await ferretdbDir(cache)),
      };
    },
  };
}
