import type { Random } from '@lucid/clock';

export interface Candidate {
  /** `host:port`. */
  readonly key: string;
  readonly inFlight: number;
  /** Refused a connection a moment ago; not to be chosen before this time. */
  readonly coolUntilMs: number;
  /** Said a moment ago that it is going to stop; no new work for it before this time. */
  readonly drainingUntilMs: number;
}

export interface Choice<Of extends Candidate> {
  candidates: readonly Of[];
  /** Instances this call has been to already. */
  tried: ReadonlySet<Of>;
  nowMs: number;
  random: Random;
  hashKey?: string | undefined;
}

/**
 * Where a call goes. With a hash key: the instance that scores highest for the key (rendezvous hashing: when an instance comes
 * or goes, only its own keys move). Without: the less busy of two drawn at random ("power of two choices", Mitzenmacher 2001).
 * Instances that just refused and instances already tried come last; those that drain too, except for calls with a key, which
 * stay where their key's state is.
 */
export function chooseInstance<Of extends Candidate>(choice: Choice<Of>): Of | undefined {
  const { candidates, tried, nowMs, hashKey } = choice;
  const pool = tried.size === 0 ? candidates : orAll(candidates, (candidate) => !tried.has(candidate));
  const warm = orAll(pool, ({ coolUntilMs }) => coolUntilMs <= nowMs);
  if (hashKey !== undefined) return highestScore(warm, hashKey);
  const staying = orAll(warm, ({ drainingUntilMs }) => drainingUntilMs <= nowMs);
  return lessBusyOfTwo(staying, choice.random);
}

/** Those that pass, or everybody when nobody does. */
function orAll<Of>(candidates: readonly Of[], passes: (candidate: Of) => boolean): readonly Of[] {
  if (candidates.every(passes)) return candidates;
  const passing = candidates.filter(passes);
  return passing.length > 0 ? passing : candidates;
}

function lessBusyOfTwo<Of extends Candidate>(candidates: readonly Of[], random: Random): Of | undefined {
  const count = candidates.length;
  if (count < 2) return candidates[0];
  const first = Math.floor(random.fraction() * count);
  const second = (first + 1 + Math.floor(random.fraction() * (count - 1))) % count;
  const [one, other] = [candidates[first], candidates[second]];
  return one && other && other.inFlight < one.inFlight ? other : one;
}

function highestScore<Of extends Candidate>(candidates: readonly Of[], hashKey: string): Of | undefined {
  let best: Of | undefined;
  let bestScore = -1;
  for (const candidate of candidates) {
    const score = hash32(`${hashKey} ${candidate.key}`);
    if (score > bestScore) [best, bestScore] = [candidate, score];
  }
  return best;
}

/** FNV-1a, then MurmurHash3's finaliser, for FNV alone mixes the last characters badly. The same in every process. */
function hash32(text: string): number {
  let hash = 0x811c9dc5;
  for (let index = 0; index < text.length; index++)
    hash = Math.imul(hash ^ text.charCodeAt(index), 0x01000193);
  hash = Math.imul(hash ^ (hash >>> 16), 0x85ebca6b);
  hash = Math.imul(hash ^ (hash >>> 13), 0xc2b2ae35);
  return (hash ^ (hash >>> 16)) >>> 0;
}
