import { seededRandom, systemClock } from '@lucid/clock';
import { describe, expect, it } from 'vitest';
import { Argon2Passwords } from '../src/adapters/argon2-passwords.ts';

const CHEAP = { memoryKiB: 64, passes: 1, parallelism: 1 };

function passwords(concurrency = 2, cost: typeof CHEAP | undefined = CHEAP) {
  const seconds: number[] = [];
  const hasher = new Argon2Passwords({
    clock: systemClock,
    random: seededRandom('argon2'),
    concurrency,
    onHashed: (took) => seconds.push(took),
    ...(cost ? { cost } : {}),
  });
  return { hasher, seconds };
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
    const { hasher, seconds } = passwords(1, undefined);
    const real = await hasher.hash('Secret');
    await hasher.verify('wrong', real);
    expect(await hasher.verify('Secret', undefined)).toBe(false);
    const [, known = 0, unknown = 0] = seconds;
    expect(unknown).toBeGreaterThan(known / 4);
    expect(unknown).toBeLessThan(known * 4);
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
