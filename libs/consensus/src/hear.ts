// What a peer says, whatever it is about.
import type { ConsensusBlock } from './block.ts';
import type { Core } from './core.ts';
import { help } from './help.ts';
import type { Message } from './message.ts';
import { type Reception, receive } from './receive.ts';
import { type Status, statusHash } from './status.ts';

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
  const isAnswer =
    status.answers?.validator === core.validator && status.answers?.started_at_ms === startedMs;
  peers.heardStatus(status, isAnswer, nowMs);
  sync.heard(status.validator, status.height);
  core.joinNovices();
  if (status.novice && core.right.novice && !isAnswer) answerNovice(core, status);
  if (!core.flaws.neverRepeats) help(core, status);
  return 'taken';
}

/** One novice to another: "so am I". */
function answerNovice<B extends ConsensusBlock>(core: Core<B>, { validator, started_at_ms }: Status): void {
  const own = core.status({ validator, started_at_ms });
  if (own) core.outbox.say({ kind: 'send', to: validator, message: { kind: 'status', status: own } });
}
