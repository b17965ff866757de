import { mkdtemp, readdir, rm, symlink } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';

/** A 2 MB image made of Debian's static busybox. @returns its name at the engine */
export async function importTinyImage(dockerHost: string): Promise<string> {
  const name = 'lucid-lab-test/tiny:1';
  const work = await mkdtemp(join(tmpdir(), 'lab-tiny-'));
  try {
    await execa('apt-get', ['-o', 'APT::Sandbox::User=root', 'download', 'busybox-static'], { cwd: work });
    const deb = (await readdir(work)).find((file) => file.endsWith('.deb')) ?? '';
    await execa('dpkg', ['-x', deb, 'root'], { cwd: work });
    for (const tool of ['sh', 'httpd', 'wget', 'nslookup', 'hostname', 'mkdir'])
      await symlink('busybox', join(work, 'root/bin', tool));
    await execa('tar', ['-C', join(work, 'root'), '-c', 'bin']).pipe('docker', ['import', '-', name], {
      env: { DOCKER_HOST: dockerHost },
    });
  } finally {
    await rm(work, { recursive: true });
  }
  return name;
}
