import { execa } from 'execa';

/** Lets nodes reach each other: Docker sets the policy of FORWARD to DROP, and bridged packets pass it too. */
export function forwardRule(bridge: string): string[] {
  return ['FORWARD', '-i', bridge, '-o', bridge, '-j', 'ACCEPT'];
}

/** The arguments that delete each rule of `iptables -S FORWARD` which names the bridge. */
export function deletionsOf(rules: string, bridge: string): string[][] {
  return rules
    .split('\n')
    .map((line) => line.trim().split(/\s+/))
    .filter((words) => words[0] === '-A' && words.includes(bridge))
    .map(([, ...rest]) => ['-D', ...rest]);
}

/** Makes the rule the first one, once. */
export async function addForwardRule(bridge: string): Promise<void> {
  await removeForwardRules(bridge);
  await execa('iptables', ['-w', '-I', ...forwardRule(bridge)]);
}

/** Deletes every rule about the bridge. */
export async function removeForwardRules(bridge: string): Promise<void> {
  const { stdout } = await execa('iptables', ['-w', '-S', 'FORWARD']);
  for (const deletion of deletionsOf(stdout, bridge)) await execa('iptables', ['-w', ...deletion]);
}
