import { readFile, readlink, writeFile } from 'node:fs/promises';
import { execa } from 'execa';
import { ip, links } from '../swarm/links.ts';
import { bootId } from '../system/process-identity.ts';

const FORWARDING = '/proc/sys/net/ipv4/ip_forward';
const TOOLS = ['iptables', 'ip6tables'] as const;
/** Names Docker gives; or a container's rule for talking to its own published port. */
const DOCKERS_OWN =
  /\bDOCKER|\bdocker0\b|\bdocker_gwbridge\b|\bbr-[0-9a-f]{12}\b|-s (\S+) -d \1 .*-j MASQUERADE/;

/** What a dockerd in the machine's own network changes and does not put back, as it was before. */
export interface NetworkBefore {
  /** Which network this was, in which boot: another one must not be "put back" to it. */
  readonly place: string;
  readonly rules: Readonly<Record<(typeof TOOLS)[number], string>>;
  readonly links: readonly string[];
  readonly forwarding: string;
}

async function savedRules(tool: string): Promise<string> {
  const { stdout, failed } = await execa(`${tool}-save`, { reject: false });
  return failed ? '' : stdout; // no IPv6 on this machine
}

async function thisPlace(): Promise<string> {
  return `${await bootId()} ${await readlink('/proc/self/ns/net')}`;
}

/** Looks at the machine's network before an engine is started in it. */
export async function networkBefore(): Promise<NetworkBefore> {
  const [v4 = '', v6 = ''] = await Promise.all(TOOLS.map(savedRules));
  const names = (await links()).map(({ ifname }) => ifname);
  const forwarding = (await readFile(FORWARDING, 'utf8')).trim();
  return { place: await thisPlace(), rules: { iptables: v4, ip6tables: v6 }, links: names, forwarding };
}

interface Line {
  readonly table: string;
  readonly text: string;
}

function linesOf(saved: string): Line[] {
  let table = '';
  return saved.split('\n').flatMap((text) => {
    if (text.startsWith('*')) table = text.slice(1);
    return /^[:-]/.test(text) ? [{ table, text }] : [];
  });
}

/** Words of a saved rule; quoted ones (comments) hold blanks. */
const words = (rule: string): string[] =>
  (rule.match(/"[^"]*"|\S+/g) ?? []).map((word) => word.replaceAll('"', ''));

/**
 * What to call iptables with so that Docker's rules, chains and policies of `now` that were not in `before`
 * are gone; both are the text of iptables-save. Rules of anybody else are left alone.
 */
export function undoRules(before: string, now: string): string[][] {
  const old = linesOf(before);
  const had = (line: Line) => old.some(({ table, text }) => table === line.table && text === line.text);
  const chainOf = ({ text }: Line) => /^:(\S+) (\S+)/.exec(text)?.slice(1) ?? [];
  const fresh = linesOf(now).filter((line) => !had(line));
  const rules = fresh.filter(({ text }) => text.startsWith('-A ') && DOCKERS_OWN.test(text));
  const hadChain = (table: string, name: string) =>
    old.some((line) => line.table === table && chainOf(line)[0] === name);
  const chains = linesOf(now).filter((line) => {
    const [name = ''] = chainOf(line);
    return name.startsWith('DOCKER') && !hadChain(line.table, name);
  });
  const policies = old.flatMap((line) => {
    const [name = '', policy = '-'] = chainOf(line);
    const changed = fresh.some((one) => one.table === line.table && chainOf(one)[0] === name);
    const isChanged =
      changed &&
      !linesOf(now).some(
        (one) => one.table === line.table && chainOf(one)[0] === name && chainOf(one)[1] === policy,
      );
    return policy !== '-' && isChanged ? [['-t', line.table, '-P', name, policy]] : [];
  });
  return [
    ...rules.map(({ table, text }) => ['-t', table, '-D', ...words(text).slice(1)]),
    ...chains.map((line) => ['-t', line.table, '-X', chainOf(line)[0] ?? '']),
    ...policies,
  ];
}

/**
 * Puts the machine's network back: Docker's rules, bridges and forwarding that were not there before.
 * Does nothing in another network namespace, or after a restart of the machine, which has done it itself.
 */
export async function undoNetwork(before: NetworkBefore): Promise<void> {
  if (before.place !== (await thisPlace())) return;
  for (const tool of TOOLS)
    for (const args of undoRules(before.rules[tool], await savedRules(tool)))
      await execa(tool, ['-w', ...args]);
  for (const { ifname } of await links())
    if (DOCKERS_OWN.test(ifname) && !before.links.includes(ifname)) await ip('link', 'del', ifname);
  await writeFile(FORWARDING, before.forwarding);
}
