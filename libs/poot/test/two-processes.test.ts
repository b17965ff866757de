import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { seededRandom } from '@lucid/clock';
import { expect, it } from 'vitest';
import { type TaskProofData, tallyOf } from '../src/index.ts';
import { beacon, EPOCH, FIRST_SLOT, names, relay, storage, validation } from './support.ts';

const script = fileURLToPath(new URL('./schedule-process.ts', import.meta.url));
const SEED = 20_260_101;
const seed = 'ab'.repeat(32);

/** What another process, with another time zone and language, makes of the same input. */
async function scheduleOf(input: object, env: Record<string, string>): Promise<string> {
  const child = spawn(process.execPath, [script], { stdio: ['pipe', 'pipe', 'inherit'], env });
  child.stdin.end(JSON.stringify(input));
  const [out, [code]] = await Promise.all([text(child.stdout), once(child, 'exit')]);
  expect(code).toBe(0);
  return out;
}

it(`two processes make the same bytes of the same proofs, told in different orders (seed ${SEED})`, async () => {
  const random = seededRandom(SEED);
  const below = (n: number) => Math.floor(random.fraction() * n);
  const validators = names(20);
  const proofs: TaskProofData[] = [...validators, 'other-1', 'other-2'].flatMap((node) => {
    const slots = Array.from({ length: 900 + below(400) }, (_, i) => FIRST_SLOT - 5040 + 3 * i + below(3));
    return [
      ...slots.map((slot) => beacon(node, slot, 100 + below(21))),
      ...slots.slice(0, 30).map((slot) => relay(node, slot, below(5))),
      ...slots.slice(0, 30).map((slot) => storage(node, slot, below(50))),
      ...slots.slice(0, 30).map((slot) => validation(node, slot, below(3))),
    ];
  });
  const shuffled = proofs
    .map((proof) => ({ proof, at: random.fraction() }))
    .sort((a, b) => a.at - b.at)
    .map(({ proof }) => proof);
  const base = { epoch: EPOCH, seed, validators };
  const [one, other] = await Promise.all([
    scheduleOf({ ...base, proofs }, { TZ: 'Pacific/Kiritimati', LC_ALL: 'tr_TR.UTF-8' }),
    scheduleOf({ ...base, proofs: shuffled }, { TZ: 'America/Lima', LC_ALL: 'C' }),
  ]);
  expect(other).toBe(one);

  const { tally, schedule } = JSON.parse(one);
  expect(tally).toEqual(tallyOf({ epoch: EPOCH, seed, proofs }));
  // Some are eligible and some are not, or the test would say little.
  const eligible = tally.entries.filter((entry: { eligible: boolean }) => entry.eligible).length;
  expect(eligible).toBeGreaterThan(4);
  expect(eligible).toBeLessThan(22);
  expect(new Set(schedule.map(({ primary }: { primary: string }) => primary)).size).toBeGreaterThan(4);
});
