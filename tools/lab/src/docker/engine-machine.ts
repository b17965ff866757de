import { execa } from 'execa';
import { aptKnows } from '../debian/install.ts';
import { thisMachine } from '../this-machine.ts';
import type { EngineMachine } from './can-run.ts';
import { findEngine } from './find-engine.ts';
import type { Home } from './home.ts';

const NAMESPACES = ['--mount', '--pid', '--uts', '--ipc', '--net', '--fork'];

/** Interfaces made in a network namespace that ends with the shell: nothing is left of them. */
const PROBE = `ip link add probe0 type bridge && ip link add probe1 type veth peer name probe2 &&
ip link add probe3 type vxlan id 42 dstport 4789`;

async function works(script: string): Promise<boolean> {
  return !(await execa('unshare', [...NAMESPACES, 'sh', '-c', script], { reject: false })).failed;
}

/** The real machine this process runs on. @param homes where engines of the lab may be */
export function engineMachine(cache: string, env: NodeJS.ProcessEnv, homes: readonly Home[]): EngineMachine {
  const { platform, uid, hasTool, freeBytes } = thisMachine(cache, env);
  return {
    platform,
    uid,
    hasTool,
    freeBytes,
    aptKnows,
    engineAnswers: async () => (await findEngine(env, homes)) !== undefined,
    canUnshare: () =>
      works('mount --make-rprivate / && mount -t proc proc /proc && mount -t tmpfs tmpfs /run'),
    canBridge: () => works(PROBE),
  };
}
