// A peer says where it stands: whoever has what it lacks sends it.
import type { ConsensusBlock } from './block.ts';
import type { Core } from './core.ts';
import type { Message } from './message.ts';
import type { Status } from './status.ts';

export function help<B extends ConsensusBlock>(core: Core<B>, status: Status): void {
  const { round, outbox } = core;
  const send = (message: Message<B>) => outbox.say({ kind: 'send', to: status.validator, message });
  if (status.height + 1 < round.height) {
    const own = core.status(); // from which the peer learns that there is something to fetch
    if (own) send({ kind: 'status', status: own });
  }
  if (status.height + 1 !== round.height) return;
  const { valid, proposed, view } = round;
  const isPast = valid && (valid.pol.view < view || valid.pol.view < status.view);
  if (isPast && valid.pol.view > (status.valid_view ?? -1))
    send({ kind: 'proof', block: valid.block, pol: valid.pol });
  if (proposed && status.view === view && status.proposal !== proposed.block.hash) send(proposed);
}
