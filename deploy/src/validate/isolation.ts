import type { InstanceStatus } from '../engines/engine.ts';
import type { Service } from '../model/types.ts';
import { type Check, type CheckContext, instancesOf, isRunning, type Result, reasonOf } from './check.ts';
import { whyOf } from './inside.ts';
import { CONNECTED, connectingCommand } from './isolation-attempts.ts';

/**
 * The wallet plane is reached by nobody outside of it: from every container of another plane every connection to it
 * fails, while one to a neighbour succeeds (or the failures would prove nothing). And internal networks publish nothing.
 * All of them are asked: one alone may have been put on a network where it does not belong.
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

/** What one container could reach; a reason instead when its failures prove nothing. */
type Sight = { readonly by: string; readonly words: readonly string[] } | { readonly unknown: string };

async function connections(
  context: CheckContext,
  from: readonly InstanceStatus[],
  targets: readonly InstanceStatus[],
): Promise<Result[]> {
  const addresses = [...new Set(targets.flatMap((target) => placesOf(context, target)))];
  const sights = await Promise.all(from.map((observer) => sightOf(context, observer, from, addresses)));
  const seeing = sights.filter((sight) => 'words' in sight);
  const blind = sights.flatMap((sight) => ('unknown' in sight ? [sight.unknown] : []));
  const unasked = blind.length === 0 ? '' : `; ${blind.length} could not be asked`;
  if (seeing.length === 0)
    return [result('wallet plane', 'unknown', blind[0] ?? 'no container outside of it is running')];
  return targets.map((target) => {
    const places = placesOf(context, target);
    if (places.length === 0) return result(target.id, 'unknown', 'has no address to try');
    const seen = seeing.flatMap(({ by, words }) =>
      places.map((place) => ({ by, word: words[addresses.indexOf(place)] ?? 'not tried' })),
    );
    const reached = seen.find(({ word }) => word === CONNECTED);
    if (reached) return result(target.id, 'failed', `${reached.by} can connect to it`);
    const by = seeing.length === 1 ? seeing[0]?.by : `any of ${seeing.length} containers`;
    return result(target.id, 'ok', `not reached from ${by}: ${seen[0]?.word}${unasked}`);
  });
}

/** By its address, and by name: that is known on every network it shares with whoever asks. */
function placesOf({ system }: CheckContext, { service, address }: InstanceStatus): string[] {
  const port = system.services.find(({ name }) => name === service)?.port;
  return address.includes(':') ? [address, `${service}:${port}`] : [];
}

/** Looks from inside one container; another one, where there is any, is its proof that it can reach somebody at all. */
async function sightOf(
  context: CheckContext,
  observer: InstanceStatus,
  all: readonly InstanceStatus[],
  addresses: readonly string[],
): Promise<Sight> {
  const reachable = all.filter(({ address }) => address.includes(':'));
  const neighbour = reachable.find(({ id }) => id !== observer.id) ?? reachable[0];
  try {
    const tried = connectingCommand([neighbour?.address ?? '', ...addresses]);
    const captured = await context.capture(observer.id, tried);
    if (captured.exitCode !== 0) return { unknown: whyOf(captured) };
    const [control, ...words] = JSON.parse(captured.stdout) as readonly string[];
    const proven = control === CONNECTED || words.includes(CONNECTED);
    if (proven) return { by: observer.id, words };
    return { unknown: `${observer.id} cannot even reach its neighbour ${neighbour?.id}: ${control}` };
  } catch (error) {
    return { unknown: reasonOf(error) };
  }
}

/** Ours, so that it has node, and on the side of everybody else. */
const isObserver = ({ plane, kind, image }: Service) =>
  plane !== 'wallet' && kind === 'service' && image.ours;

const result = (subject: string, verdict: Result['verdict'], detail: string): Result => ({
  check: isolation.name,
  subject,
  verdict,
  detail,
});
