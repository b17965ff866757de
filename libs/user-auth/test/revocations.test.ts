import { Health } from '@lucid/health';
import { afterEach, describe, expect, it } from 'vitest';
import { addUserAuthHealth } from '../src/index.ts';
import { bearer, LOGIN_SESSION_ID, setup } from './helpers.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function started() {
  const all = setup();
  const stop = new AbortController();
  const ended = all.users.run(stop.signal);
  stops.push(async () => {
    stop.abort();
    await ended;
  });
  await all.clock.advance(0);
  await all.clock.advance(0);
  return all;
}

describe('revocations', () => {
  it('end cached tokens of the login session within a second, and no others', async () => {
    const { users, clock, auth } = await started();
    const nowMs = clock.nowMs();
    const header = await bearer({ nowMs });
    const other = await bearer({ nowMs, claims: { sid: '33333333-3333-4333-8333-333333333333' } });
    await users.verify(header);
    await users.verify(other);
    const expires_at = new Date(nowMs + 900_000).toISOString();
    auth.revocations.push({ session_id: LOGIN_SESSION_ID, expires_at });
    await clock.advance(1000);
    expect(() => users.verify(header)).toThrowError(expect.objectContaining({ code: 2003 }));
    expect(users.verify(other)).toMatchObject({ role: 'user' });
  });

  it('end tokens never seen before as well', async () => {
    const { users, clock, auth } = await started();
    const expires_at = new Date(clock.nowMs() + 900_000).toISOString();
    auth.revocations.push({ session_id: LOGIN_SESSION_ID, expires_at });
    await clock.advance(1000);
    const header = await bearer({ nowMs: clock.nowMs() });
    await expect(users.verify(header)).rejects.toMatchObject({ code: 2003 });
  });

  it('are read on from the cursor, page after page without a pause', async () => {
    const { clock, auth } = await started();
    const expires_at = new Date(clock.nowMs() + 900_000).toISOString();
    for (let index = 0; index < 2500; index++)
      auth.revocations.push({ session_id: String(index), expires_at });
    auth.cursors.length = 0;
    await clock.advance(1000);
    await clock.advance(0);
    expect(auth.cursors).toEqual(['0', '1000', '2000']);
  });

  it('are forgotten when no token can be good any more', async () => {
    const { clock, auth, registry } = await started();
    const expires_at = new Date(clock.nowMs() + 5000).toISOString();
    auth.revocations.push({ session_id: LOGIN_SESSION_ID, expires_at });
    await clock.advance(1000);
    expect(await registry.metrics()).toContain('lucid_revocations_known 1');
    await clock.advance(120_000);
    expect(await registry.metrics()).toContain('lucid_revocations_known 0');
  });

  it('degrade health when the feed is silent for 30 s, while known users are still served', async () => {
    const { users, clock, auth, registry } = await started();
    const health = new Health({ clock });
    addUserAuthHealth(health, users);
    const header = await bearer({ nowMs: clock.nowMs() });
    await users.verify(header);
    await health.refresh();
    expect(health.report().status).toBe('healthy');
    auth.isDown = true;
    await clock.advance(31_000);
    await health.refresh();
    expect(health.report()).toEqual({
      status: 'degraded',
      dependencies: { 'user-keys': 'healthy', 'revocation-feed': 'unhealthy' },
    });
    expect(users.verify(header)).toMatchObject({ role: 'user' });
    expect(await registry.metrics()).toMatch(/lucid_revocation_feed_age_seconds 3[01]/);
    auth.isDown = false;
    await clock.advance(1000);
    await health.refresh();
    expect(health.report().status).toBe('healthy');
  });

  it('leave the service unready until keys and feed have answered once', async () => {
    const { users, clock, auth } = setup();
    auth.isDown = true;
    const stop = new AbortController();
    const ended = users.run(stop.signal);
    await clock.advance(2000);
    expect(users.isReady).toBe(false);
    auth.isDown = false;
    await clock.advance(1000);
    await clock.advance(0);
    expect(users.isReady).toBe(true);
    stop.abort();
    await ended;
  });
});
