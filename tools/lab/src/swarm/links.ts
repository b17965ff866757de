import { execa } from 'execa';
import { LabError } from '../errors.ts';

/** An interface as `ip -json link` tells it, as far as the lab looks at it. */
export interface Link {
  readonly ifname: string;
  readonly address?: string;
  readonly ifalias?: string;
  readonly flags: readonly string[];
}

/** Runs `ip ARGS`. */
export async function ip(...args: string[]): Promise<string> {
  return (await execa('ip', args)).stdout;
}

/** The interfaces of the machine; none where there is no `ip` to have made any of ours with. */
export async function links(): Promise<Link[]> {
  const { stdout, code, failed, shortMessage } = await execa('ip', ['-json', 'link', 'show'], {
    reject: false,
  });
  if (code === 'ENOENT') return [];
  if (failed) throw new LabError('START_FAILED', `ip link show: ${shortMessage}`);
  return JSON.parse(stdout) as Link[];
}

/** The names of all named network namespaces. */
export async function networkNamespaces(): Promise<string[]> {
  const text = await ip('-json', 'netns', 'list'); // prints nothing at all when there is none
  return text.trim() === '' ? [] : (JSON.parse(text) as { name: string }[]).map(({ name }) => name);
}

/** Whether the interface is switched on: the node's cable is plugged in. `undefined` when there is none. */
export async function isLinkUp(name: string): Promise<boolean | undefined> {
  return (await links()).find(({ ifname }) => ifname === name)?.flags.includes('UP');
}
