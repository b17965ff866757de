/** What the lab asks about a machine; tests answer with made-up ones. */
export interface Machine {
  readonly platform: NodeJS.Platform;
  readonly uid: number;
  hasTool(name: string): Promise<boolean>;
  /** Whether a private mount namespace can be made (containers often may not). */
  canUnshare(): Promise<boolean>;
  /** Debian mirror of the machine's apt. */
  mirror(): Promise<string | undefined>;
  aptKnowsDebootstrap(): Promise<boolean>;
  /** `[1, 26]`, or `undefined` without Go. */
  goVersion(): Promise<readonly [number, number] | undefined>;
  freeBytes(): Promise<number>;
  /** What an earlier run has built already and need not be built again. */
  built(): Promise<{ readonly rootFolder: boolean; readonly ferretdb: boolean }>;
}

const TOOLS = ['unshare', 'mount', 'chroot', 'sh', 'env'];
const DEBIAN_TOOLS = ['apt-get', 'apt-cache', 'dpkg', 'wget'];
const NEEDED_BYTES = 2 * 1024 ** 3;

async function firstMissing(machine: Machine, tools: readonly string[]): Promise<string | undefined> {
  for (const tool of tools) if (!(await machine.hasTool(tool))) return tool;
  return undefined;
}

async function cannotBuildRootFolder(machine: Machine): Promise<string | undefined> {
  const tool = await firstMissing(machine, DEBIAN_TOOLS);
  if (tool !== undefined) return `${tool} is not installed`;
  if ((await machine.mirror()) === undefined) return 'the apt sources name no Debian mirror';
  if (!(await machine.hasTool('debootstrap')) && !(await machine.aptKnowsDebootstrap()))
    return 'debootstrap is not obtainable by apt (try apt-get update)';
  if ((await machine.freeBytes()) < NEEDED_BYTES) return 'less than 2 GiB free for the cache folder';
  return undefined;
}

async function cannotBuildFerretdb(machine: Machine): Promise<string | undefined> {
  const go = await machine.goVersion();
  if (go === undefined) return 'Go is not installed';
  const [major, minor] = go;
  return major > 1 || minor >= 25 ? undefined : `Go 1.25 or newer is needed, this is ${major}.${minor}`;
}

/** Why this machine cannot run the data lab, in one line; `undefined` when it can. */
export async function whyNot(machine: Machine): Promise<string | undefined> {
  if (machine.platform !== 'linux') return `Linux is needed, this is ${machine.platform}`;
  if (machine.uid !== 0) return 'root is needed (mount namespaces and chroot)';
  const tool = await firstMissing(machine, TOOLS);
  if (tool !== undefined) return `${tool} is not installed`;
  if (!(await machine.canUnshare())) return 'this machine does not allow mount namespaces (unshare --mount)';
  const built = await machine.built();
  const debian = built.rootFolder ? undefined : await cannotBuildRootFolder(machine);
  return debian ?? (built.ferretdb ? undefined : await cannotBuildFerretdb(machine));
}
