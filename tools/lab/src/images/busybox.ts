import { symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { execa } from 'execa';
import { exists } from '../debian/root-folder.ts';

/** Gives the image /bin/sh and the small tools: a link to busybox for each of its commands that nothing else is. */
export async function linkBusybox(stage: string): Promise<void> {
  const busybox = join(stage, 'usr/bin/busybox');
  const { stdout } = await execa(busybox, ['--list']);
  for (const name of stdout.split('\n').filter(Boolean)) {
    const place = join(stage, 'usr/bin', name);
    if (!(await exists(place)) && !(await exists(join(stage, 'usr/sbin', name))))
      await symlink('busybox', place);
  }
}
