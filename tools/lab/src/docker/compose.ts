import { lstat, mkdir, rm, symlink } from 'node:fs/promises';
import { homedir } from 'node:os';
import { join } from 'node:path';
import { execa } from 'execa';
import { debianMirror } from '../debian/mirror.ts';
import { unpackForeign } from '../debian/other-release.ts';
import { exists } from '../debian/root-folder.ts';
import { LabError } from '../errors.ts';

/** Debian 12 has only the old Python tool. This one needs just a C library of 2.34 or newer. */
const SUITE = 'trixie';
const PACKAGE = 'docker-compose';

/** Compose v2, as a plugin of the docker client or called directly. */
export interface Compose {
  /** `undefined` when the machine's own is used. */
  readonly binary: string | undefined;
  /** DOCKER_CONFIG that makes `docker compose` find it; `undefined` when the machine has its own. */
  readonly dockerConfig: string | undefined;
}

const unpacked = (cache: string): string => join(cache, 'docker', `compose-${SUITE}`);

/** The program itself, which can also be called directly. */
export const composeBinary = (cache: string): string =>
  join(unpacked(cache), 'usr/libexec/docker/cli-plugins/docker-compose');

/** Whether `docker compose` works on this machine already. */
export async function machineHasCompose(env: NodeJS.ProcessEnv): Promise<boolean> {
  const options = { env, extendEnv: false, reject: false, timeout: 30_000 };
  const { failed, stdout } = await execa('docker', ['compose', 'version', '--short'], options);
  return !failed && /^v?2|^v?[3-9]/.test(String(stdout));
}

async function link(target: string, path: string): Promise<void> {
  await rm(path, { force: true });
  await symlink(target, path);
}

/**
 * A DOCKER_CONFIG of our own with the plugin in it. The user's config.json (registries, credential helpers)
 * is linked, not copied, so that it stays the one place of its secrets.
 */
async function writeDockerConfig(dir: string, plugin: string, env: NodeJS.ProcessEnv): Promise<void> {
  await mkdir(join(dir, 'cli-plugins'), { recursive: true, mode: 0o700 });
  await link(plugin, join(dir, 'cli-plugins', 'docker-compose'));
  const usual = env.DOCKER_CONFIG ?? join(env.HOME ?? homedir(), '.docker');
  if (usual === dir) return;
  const config = join(usual, 'config.json');
  if (await exists(config)) await link(config, join(dir, 'config.json'));
  else if (await lstat(join(dir, 'config.json')).catch(() => undefined)) await rm(join(dir, 'config.json'));
}

/**
 * Finds or fetches Compose v2; nothing is installed on the machine.
 * @throws LabError CANNOT_RUN without a Debian mirror, BUILD_FAILED with apt's log
 */
export async function compose(cache: string, env: NodeJS.ProcessEnv, signal: AbortSignal): Promise<Compose> {
  const dockerConfig = join(cache, 'docker', 'config');
  const { DOCKER_CONFIG: given, ...rest } = env;
  const usual = given === dockerConfig ? rest : env; // set by an earlier `lab up --print-env`
  if (await machineHasCompose(usual)) return { binary: undefined, dockerConfig: undefined };
  const target = unpacked(cache);
  const binary = composeBinary(cache);
  if (!(await exists(binary))) {
    if ((await debianMirror()) === undefined)
      throw new LabError('CANNOT_RUN', 'docker compose is missing and the apt sources name no Debian mirror');
    const log = join(cache, 'logs', 'compose.log');
    await unpackForeign({ name: PACKAGE, suite: SUITE, target }, { log, signal });
  }
  await writeDockerConfig(dockerConfig, binary, usual);
  return { binary, dockerConfig };
}
