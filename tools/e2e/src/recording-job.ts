import { createReadStream } from 'node:fs';
import { Readable } from 'node:stream';
import { systemClock } from '@lucid/clock';
import { eventually } from '@lucid/testing';
import { type MaterialFile, MIB } from './material.ts';
import type { Person } from './person.ts';
import type { Running } from './run.ts';

export type Phase = 'beginning' | 'uploading' | 'ending' | 'storing' | 'anchoring';

/** More is no bad luck any more. */
const MOST_ATTEMPTS = 25;

/** A source as slow as a screen: a MiB every so often, the last one not before `lastPiece`. */
export interface Pace {
  pieceMs: number;
  lastPiece?: Promise<unknown>;
}

/** One recording by the command line, gone on with by `--resume` whenever the command gives up. */
export class RecordingJob {
  readonly material: MaterialFile;
  readonly #person: Person;
  readonly #pace: Pace | undefined;
  readonly #chunkMib: number;
  #running: Running | undefined;
  #sessionId: string | undefined;
  /** Exit codes of the attempts that failed, with what they said. */
  readonly failures: string[] = [];

  /** @param pace of a pipe; without, the file is sent as fast as it goes */
  constructor(person: Person, material: MaterialFile, pace?: Pace, chunkMib = 4) {
    this.#chunkMib = chunkMib;
    this.#person = person;
    this.material = material;
    this.#pace = pace;
  }

  /** It took its time, as a screen does. */
  get isPaced(): boolean {
    return this.#pace !== undefined;
  }

  get sessionId(): string {
    const sessionId = this.#sessionId ?? (this.#running && sessionIn(this.#running.err()));
    if (!sessionId) throw new Error(`${this.material.path} has no session yet`);
    return sessionId;
  }

  /** Undefined while nothing of it runs. */
  get phase(): Phase | undefined {
    return this.#running && phaseOf(this.#running.err());
  }

  /** Runs the command until the session is completed. @throws Error when that takes too many attempts */
  async run(): Promise<void> {
    while (this.failures.length < MOST_ATTEMPTS) {
      const isResumed = this.#sessionId !== undefined;
      const pace = isResumed ? undefined : this.#pace; // a pipe that was cut is gone; the file is not
      const source = pace ? '-' : this.material.path;
      const args = [
        'record',
        source,
        '--chunk-size',
        String(this.#chunkMib),
        ...(isResumed ? ['--resume', this.sessionId] : []),
      ];
      this.#running = this.#person.start(args, pace ? slowly(this.material, pace) : undefined);
      const { code, err } = await this.#running.ended;
      this.#running = undefined;
      this.#sessionId ??= sessionIn(err);
      if (code === 0) return;
      this.failures.push(`${code}: ${err.trim().split('\n').at(-1)}`);
      const answers = async () => (await this.#person.ask({ path: '/api/v1/sessions' })).status === 200;
      await eventually('sessions are answered for again', answers, { timeoutMs: 60_000, pauseMs: 100 });
    }
    throw new Error(`${this.material.path} was not recorded: ${this.failures.join(' | ')}`);
  }
}

const sessionIn = (story: string): string | undefined => /^session ([0-9a-f-]{36})$/m.exec(story)?.[1];

function slowly({ path, sizeBytes }: MaterialFile, { pieceMs, lastPiece }: Pace): Readable {
  const pieces = async function* () {
    let sent = 0;
    for await (const piece of createReadStream(path, { highWaterMark: MIB }) as AsyncIterable<Buffer>) {
      await systemClock.sleep(pieceMs); // the pace of the source
      sent += piece.length;
      if (sent === sizeBytes) await lastPiece;
      yield piece;
    }
  };
  return Readable.from(pieces());
}

/** How far a `lucid record` is, by the last thing it has said. */
export function phaseOf(story: string): Phase {
  const last =
    story
      .trimEnd()
      .split('\n')
      .filter((line) => !/interrupted|waiting/.test(line))
      .at(-1) ?? '';
  if (/anchoring|anchored/.test(last)) return 'anchoring';
  if (/processing/.test(last)) return 'storing';
  if (/recording$|stopped$/.test(last)) return 'ending';
  return /^session|%/.test(last) ? 'uploading' : 'beginning';
}
