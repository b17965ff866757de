// What a peer says, whatever it is about.
import type { ConsensusBlock } from './block.ts';
import type { Core } from './core.ts';
import { help } from './help.ts';
import type { Message } from './message.ts';
import { type Reception, receive } from './receive.ts';
import { type Status, statusHash } from './status.ts';

/** How far clocks may differ for a status to be taken for one that was sent since this node started. */
const STATUS_MARGIN_MS = 30_000;

export function hear<B extends ConsensusBlock>(core: Core<B>, message: Message<B>): void {
  const reception = message.kind === 'status' ? hearStatus(core, message.status) : receive(core, message);
  if (reception === 'taken' || reception === 'known') return;
  if (reception !== 'later') core.dropped[reception]++;
  else if (message.kind === 'vote') core.later.keep(message.vote.validator, message);
  else if (message.kind === 'proposal') core.later.keep(message.proposal.validator, message);
}

function hearStatus<B extends ConsensusBlock>(core: Core<B>, status: Status): Reception {
  const { settings, nowMs, startedMs, peers, sync } = core;
  if (status.validator === core.validator) return 'known';
  if (!settings.validators.some(({ validator }) => validator === status.validator)) return 'stranger';
  const hash = statusHash(status, settings.genesisHash);
  if (!core.isSignedBy(status.validator, hash, status.signature)) return 'signature';
  // Anyone may repeat an old one.
  const isNew =
    status.sent_at_ms >= startedMs - STATUS_MARGIN_MS && status.sent_at_ms <= nowMs + STATUS_MARGIN_MS;
  peers.heardStatus(status, isNew, nowMs);
  sync.heard(status.validator, status.height);
  core.joinNovices();
  if (!core.flaws.neverRepeats) help(core, status);
  return 'taken';
}
