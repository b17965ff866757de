import type { InstanceStatus } from '../engines/engine.ts';
import type { Service } from '../model/types.ts';
import { type Check, type CheckContext, instancesOf, isRunning, type Result, reasonOf } from './check.ts';
import { captureInAny, NODE, whyOf } from './inside.ts';

const WITHIN_MS = 2_000;

/**
 * The wallet plane is reached by nobody outside of it: from a container of another plane every connection to it fails,
 * while one to a neighbour succeeds (or the failures would prove nothing). And internal networks publish nothing.
 */
export const isolation: Check = {
  name: 'isolation',
  run: async (context) => [
    ...published(context),
    ...(await walletPlane(context).catch((error: unknown) => [
      result('wallet plane', 'unknown', reasonOf(error)),
    ])),
  ],
};

/** Of the model: what a network without a way out publishes leads nowhere, or it is not without a way out. */
function published({ system }: CheckContext): Result[] {
  return system.networks
    .filter(({ internal }) => internal)
    .map(({ name }) => {
      const open = system.services.filter(
        ({ networks, publishes, publishedPorts }) =>
          networks.includes(name) && (publishes !== undefined || publishedPorts.length > 0),
      );
      if (open.length === 0) return result(name, 'ok', 'publishes nothing');
      return result(name, 'failed', `${open.map((service) => service.name).join(', ')} publish from it`);
    });
}

async function walletPlane(context: CheckContext): Promise<Result[]> {
  const { system } = context;
  const observers = system.services.filter((service) => isObserver(service));
  const shared = new Set(observers.flatMap(({ networks }) => networks));
  const wallet = system.services.filter(({ plane, kind }) => plane === 'wallet' && kind !== 'job');
  if (!system.networks.some(({ internal }) => internal)) return [];
  /** Its one door stands on both sides by design. */
  const behind = wallet.filter(({ networks }) => !networks.some((name) => shared.has(name)));
  const targets = behind.flatMap((service) => instancesOf(context, service)).filter(isRunning);
  if (targets.length === 0) return [result('wallet plane', 'ok', 'nothing of it is running')];
  if (!context.containers)
    return [
      result('wallet plane', 'unknown', 'plain processes share one machine: no network keeps them apart'),
    ];
  const from = observers.flatMap((service) => instancesOf(context, service)).filter(isRunning);
  return connections(context, from, targets);
}

async function connections(
  context: CheckContext,
  from: readonly InstanceStatus[],
  targets: readonly InstanceStatus[],
): Promise<Result[]> {
  const neighbour = from.find(({ address }) => address.includes(':'));
  const known = targets.filter(({ address }) => address.includes(':'));
  const addresses = [neighbour?.address ?? '', ...known.map(({ address }) => address)];
  const { instance, captured } = await captureInAny(context, from, [NODE, '-e', connecting(addresses)]);
  if (captured.exitCode !== 0) return [result('wallet plane', 'unknown', whyOf(captured))];
  const [control, ...outcomes] = JSON.parse(captured.stdout) as readonly string[];
  if (control !== 'connected')
    return [
      result(
        'wallet plane',
        'unknown',
        `${instance.id} cannot even reach its neighbour ${neighbour?.id}: ${control}`,
      ),
    ];
  return targets.map(({ id }) => {
    const at = known.findIndex((target) => target.id === id);
    const outcome = at < 0 ? undefined : outcomes[at];
    if (outcome === undefined) return result(id, 'unknown', 'has no address to try');
    if (outcome === 'connected') return result(id, 'failed', `${instance.id} can connect to it`);
    return result(id, 'ok', `not reached from ${instance.id}: ${outcome}`);
  });
}

/** Ours, so that it has node, and on the side of everybody else. */
const isObserver = ({ plane, kind, image }: Service) =>
  plane !== 'wallet' && kind === 'service' && image.ours;

/** Prints one word per address: `connected`, or why not. */
function connecting(addresses: readonly string[]): string {
  return `const { connect } = require('net');
    const attempt = (address) => new Promise((resolve) => {
      const [, host, port] = /^(.*):(\\d+)$/.exec(address) ?? [];
      if (!host) return resolve('no address');
      const socket = connect(Number(port), host);
      const end = (word) => { socket.destroy(); resolve(word); };
      socket.setTimeout(${WITHIN_MS}, () => end('no answer within ${WITHIN_MS} ms'));
      socket.on('connect', () => end('connected')).on('error', (error) => end(error.code ?? error.message));
    });
    Promise.all(${JSON.stringify(addresses)}.map(attempt)).then((words) => console.log(JSON.stringify(words)));`;
}

const result = (subject: string, verdict: Result['verdict'], detail: string): Result => ({
  check: isolation.name,
  subject,
  verdict,
  detail,
});
