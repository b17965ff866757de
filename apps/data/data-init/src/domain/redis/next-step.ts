import { act, type Decision, done, refuse, wait } from '../decision.ts';
import type { RedisAction } from './action.ts';
import { awaitedHeir, belongsElsewhere, contestedSlot } from './foreign.ts';
import { nextMeeting, notAgreed, notReached } from './meeting.ts';
import { nameOf, type ReachedNode, type RedisObservation } from './observation.ts';
import { nextReplica } from './replicas.ts';
import { evenRanges, rangesText, SLOTS, type SlotRange, slotCount } from './slots.ts';
import { mastersFirst } from './spread.ts';
import { addressText, type ClusterWanted, masterCount } from './wanted.ts';

/**
 * The next step towards the wanted cluster. Pure.
 *
 * ```
 *  all answer ─▶ nobody belongs elsewhere ─▶ every slot has an owner ─▶ all know and reach each other
 *                        │no                       │no                     │no              │
 *                      refuse                   assign                    meet              ▼
 *      done ◀─ state ok, replicas synchronised ◀─ all agree ◀───────── every master has its replicas
 *                             │no                   │no                     │no
 *                            wait                  wait                 replicate
 * ```
 * Slots that have owners stay where they are, and so do replicas: a fail-over is not undone, data is never moved.
 */
export function nextStep(seen: RedisObservation, wanted: ClusterWanted): Decision<RedisAction> {
  const unfit = seen.find((node) => node.contact === 'unfit');
  if (unfit?.contact === 'unfit') return refuse(`${nameOf(unfit)} ${unfit.reason}`);
  const away = seen.find((node) => node.contact === 'away');
  if (away?.contact === 'away') return wait(`${nameOf(away)} does not answer (${away.reason})`);
  const nodes = seen.filter((node) => node.contact === 'reached');
  const foreign = belongsElsewhere(nodes);
  if (foreign !== undefined) return refuse(foreign);
  const heir = awaitedHeir(nodes);
  if (heir !== undefined) return wait(heir);
  const contested = contestedSlot(nodes);
  if (contested === undefined) {
    const assignment = nextAssignment(nodes, wanted);
    if (assignment.kind !== 'done') return assignment;
  }
  const meeting = nextMeeting(nodes);
  if (meeting.kind !== 'done') return meeting;
  if (contested !== undefined) return wait(contested);
  const unreached = notReached(nodes);
  if (unreached !== undefined) return wait(unreached);
  if (wanted.replicasPerMaster > 0) {
    const replica = nextReplica(nodes);
    if (replica.kind !== 'done') return replica;
  }
  const difference = notAgreed(nodes);
  if (difference !== undefined) return wait(difference);
  const behind = nodes.find(({ isSynchronised }) => !isSynchronised);
  if (behind !== undefined)
    return wait(`${nameOf(behind)} does not copy from its master yet (does masterauth equal requirepass?)`);
  const failing = nodes.find(({ isStateOk }) => !isStateOk);
  return failing === undefined ? done : wait(`the state of the cluster is not ok yet on ${nameOf(failing)}`);
}

/** Gives the ranges that nobody owns to nodes that own nothing, one at a time. */
function nextAssignment(nodes: readonly ReachedNode[], wanted: ClusterWanted): Decision<RedisAction> {
  const masters = masterCount(wanted);
  const owners = nodes.filter(({ self }) => self.slots.length > 0);
  const owned = owners.reduce((sum, { self }) => sum + slotCount(self.slots), 0);
  if (owned === SLOTS)
    return owners.length === masters
      ? done
      : refuse(
          `${owners.length} masters share the slots, ${masters} are wanted: moving data is not done here (redis-cli --cluster reshard)`,
        );
  const ranges = evenRanges(masters);
  const ownerOf = (range: SlotRange): ReachedNode | undefined =>
    owners.find(({ self }) => rangesText(self.slots) === rangesText([range]));
  const odd = owners.find((owner) => !ranges.some((range) => ownerOf(range) === owner));
  if (odd !== undefined)
    return refuse(
      `${nameOf(odd)} owns the slots ${rangesText(odd.self.slots)}, which is not one of ${masters} equal shares, and ${SLOTS - owned} slots have no owner`,
    );
  const free = ranges.find((range) => ownerOf(range) === undefined);
  const next = mastersFirst(nodes, owners, masters).find((node) => node.self.slots.length === 0);
  if (free === undefined || next === undefined)
    return refuse(`${SLOTS - owned} slots have no owner, and no node is free`);
  return act({ kind: 'assign', at: next.address, range: free });
}

/** One line of log. */
export function describeRedisAction(action: RedisAction): string {
  const at = addressText(action.at);
  switch (action.kind) {
    case 'assign':
      return `gives the slots ${rangesText([action.range])} to ${at}`;
    case 'meet':
      return `introduces ${action.name} (${action.ip}) to ${at}`;
    case 'replicate':
      return `makes ${at} the replica of ${action.master}${action.isSameHost ? ' (on the same host: there is no other)' : ''}`;
  }
}
