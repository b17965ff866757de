import { seededRandom, systemClock } from '@lucid/clock';
import { describe, expect, it } from 'vitest';
import { type Argon2Options, Argon2Passwords } from '../src/adapters/argon2-passwords.ts';
import { ARGON2_COST } from '../src/domain/phc.ts';

const CHEAP = { memoryKiB: 64, passes: 1, parallelism: 1 };

function passwords(concurrency = 2, options: Partial<Argon2Options> = { cost: CHEAP }) {
  const hasher = new Argon2Passwords({
    clock: systemClock,
    random: seededRandom('argon2'),
    concurrency,
    onHashed: () => undefined,
    ...options,
  });
  return { hasher };
}

describe('argon2id passwords', () => {
  it('verify only with the same password, salted anew each time', async () => {
    const { hasher } = passwords();
    const [one, two] = [await hasher.hash('Secret'), await hasher.hash('Secret')];
    expect(one).not.toBe(two);
    expect(await hasher.verify('Secret', one)).toBe(true);
    expect(await hasher.verify('secret', one)).toBe(false);
  });

  it('are the same in any Unicode form', async () => {
    const { hasher } = passwords();
    expect(await hasher.verify('e\u0301', await hasher.hash('\u00e9'))).toBe(true);
  });

  it('are hashed for an unknown user as well, at the full cost, and never match', async () => {
    const costs: object[] = [];
    const derive: Argon2Options['derive'] = async (algorithm, { memory, passes, parallelism, tagLength }) => {
      costs.push({ algorithm, memory, passes, parallelism, tagLength });
      return Buffer.alloc(tagLength);
    };
    const { hasher } = passwords(1, { derive });
    await hasher.verify('wrong', await hasher.hash('Secret'));
    expect(await hasher.verify('Secret', undefined)).toBe(false);
    const [known, , unknown] = costs;
    expect(costs).toHaveLength(3);
    expect(unknown).toEqual(known);
    expect(known).toMatchObject({ memory: ARGON2_COST.memoryKiB, passes: ARGON2_COST.passes });
  });

  it('wait for a free slot, and are turned away when too many wait', async () => {
    const { hasher } = passwords(1);
    const results = await Promise.allSettled(Array.from({ length: 400 }, () => hasher.hash('x')));
    const refused = results.filter((result) => result.status === 'rejected');
    expect(refused).toHaveLength(400 - 301);
    expect(refused[0]).toMatchObject({ reason: { status: 503, code: 5008 } });
    expect(hasher.isFull).toBe(false);
    await expect(hasher.hash('x')).resolves.toBeDefined();
  });
});
