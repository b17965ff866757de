import { BASE_TOOLS, missingPackages, type Shop } from '../debian/install.ts';

/** What the engines ask about a machine; tests answer with made-up ones. */
export interface EngineMachine extends Shop {
  readonly platform: NodeJS.Platform;
  readonly uid: number;
  /** Whether an engine answers that the lab can use as it is. */
  engineAnswers(): Promise<boolean>;
  /** Whether namespaces for mounts, processes and networks can be made (containers often may not). */
  canUnshare(): Promise<boolean>;
  /** Whether a bridge, a veth and a vxlan interface can be made; asked only where `ip` is there. */
  canBridge(): Promise<boolean>;
  freeBytes(): Promise<number>;
}

const NEEDED_BYTES = 2 * 1024 ** 3;

async function cannotInstall(machine: EngineMachine): Promise<string | undefined> {
  const { packages, unknown } = await missingPackages(machine);
  if (packages.length === 0) return undefined;
  const what = `${packages.join(', ')} ${packages.length === 1 ? 'is' : 'are'} not installed`;
  if (!(await machine.hasTool('apt-get'))) return `${what}, and there is no apt-get to install with`;
  return unknown ? `${what}, and apt does not know all of that (try apt-get update)` : undefined;
}

async function cannotStart(machine: EngineMachine): Promise<string | undefined> {
  if (machine.platform !== 'linux') return `Linux is needed, this is ${machine.platform}`;
  if (machine.uid !== 0) return 'root is needed to start a Docker engine';
  for (const tool of BASE_TOOLS) if (!(await machine.hasTool(tool))) return `${tool} is not installed`;
  if (!(await machine.canUnshare()))
    return 'this machine does not allow namespaces (unshare --mount --pid --net)';
  if ((await machine.freeBytes()) < NEEDED_BYTES) return 'less than 2 GiB free for images';
  return cannotInstall(machine);
}

/** Why this machine has no Docker engine and cannot start one, in one line; `undefined` when it can. */
export async function whyNoEngine(machine: EngineMachine): Promise<string | undefined> {
  return (await machine.engineAnswers()) ? undefined : cannotStart(machine);
}

/** Why this machine cannot be several Swarm nodes, in one line; `undefined` when it can. */
export async function whyNoSwarm(machine: EngineMachine): Promise<string | undefined> {
  const reason = await cannotStart(machine);
  if (reason !== undefined || !(await machine.hasTool('ip'))) return reason;
  return (await machine.canBridge())
    ? undefined
    : 'the kernel does not make bridge, veth or vxlan interfaces';
}
