import { execa } from 'execa';
import { LabError } from '../errors.ts';
import {
  bridgeIndex,
  bridgeName,
  hostAddress,
  MOST_SWARMS,
  type NodePlan,
  overlaps,
  ownerMac,
  routedRanges,
  subnetOf,
} from './addresses.ts';
import { addForwardRule, removeForwardRules } from './forward-rule.ts';
import { ip, links, networkNamespaces } from './links.ts';

/** `ip link add` as a claim: false when somebody else has the name. */
async function claimBridge(name: string, mac: string): Promise<boolean> {
  const result = await execa('ip', ['link', 'add', name, 'address', mac, 'type', 'bridge'], {
    reject: false,
  });
  if (!result.failed) return true;
  if (result.stderr.includes('File exists')) return false;
  throw new LabError('START_FAILED', `the bridge ${name} cannot be made`, result.stderr);
}

/**
 * Makes the bridge of a new Swarm: the first number whose name and subnet are free.
 * @param dir the home's folder; written on the bridge for people and for `lab down`
 * @returns the number
 */
export async function createBridge(key: string, dir: string): Promise<number> {
  const routed = routedRanges(await ip('-4', 'route', 'show'));
  for (let index = 0; index < MOST_SWARMS; index++) {
    if (routed.some((range) => overlaps(range, subnetOf(index)))) continue;
    const bridge = bridgeName(index);
    if (!(await claimBridge(bridge, ownerMac(key)))) continue;
    await ip('link', 'set', bridge, 'alias', dir.slice(0, 255));
    await ip('address', 'add', `${hostAddress(index)}/24`, 'dev', bridge);
    await ip('link', 'set', bridge, 'up');
    await addForwardRule(bridge);
    return index;
  }
  throw new LabError('START_FAILED', 'no subnet of 10.91.0.0/16 is free');
}

/** Makes a node's network namespace and plugs its cable into the bridge. */
export async function createNodeNetwork(node: NodePlan, index: number): Promise<void> {
  await ip('netns', 'add', node.netns);
  const peer = ['type', 'veth', 'peer', 'name', 'eth0', 'netns', node.netns, 'address', node.mac];
  await ip('link', 'add', node.veth, ...peer);
  await ip('-n', node.netns, 'link', 'set', 'lo', 'up');
  await ip('-n', node.netns, 'address', 'add', `${node.address}/24`, 'dev', 'eth0');
  await ip('-n', node.netns, 'link', 'set', 'eth0', 'up');
  await ip('link', 'set', node.veth, 'master', bridgeName(index), 'up');
}

/** Removes what there is of a node's network; its engine must have ended. */
export async function removeNodeNetwork(node: Pick<NodePlan, 'veth' | 'netns'>): Promise<void> {
  // The interface first: with the namespace alone the kernel would remove it some time later.
  if ((await links()).some(({ ifname }) => ifname === node.veth)) await ip('link', 'del', node.veth);
  if ((await networkNamespaces()).includes(node.netns)) await ip('netns', 'del', node.netns);
}

/** The numbers of the Swarms this home has made a bridge for (one, or none). */
export async function ownedIndexes(key: string): Promise<number[]> {
  const own = (await links()).filter(({ address }) => address === ownerMac(key));
  return own.map(({ ifname }) => bridgeIndex(ifname)).filter((index) => index !== undefined);
}

/**
 * Removes all networks of a home, found by the bridge's hardware address and by names, not by what was
 * written down: so a start that was killed at any point is cleaned up. The bridge goes last, for it is the claim.
 */
export async function removeNetworks(key: string): Promise<number> {
  const indexes = await ownedIndexes(key);
  for (const index of indexes) {
    const bridge = bridgeName(index);
    for (const { ifname } of await links())
      if (ifname.startsWith(`${bridge}n`)) await ip('link', 'del', ifname);
    for (const netns of await networkNamespaces())
      if (netns.startsWith(`${bridge}-`)) await ip('netns', 'del', netns);
    await removeForwardRules(bridge);
    await ip('link', 'del', bridge);
  }
  return indexes.length;
}
