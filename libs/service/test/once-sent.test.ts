import { contract } from '@lucid/contracts';
import { eventually, TestIdentities, testContext } from '@lucid/testing';
import { afterAll, expect, it } from 'vitest';
import { createApp, mount, Reply } from '../src/index.ts';

const identities = new TestIdentities();
afterAll(() => identities[Symbol.dispose]());

const bytesOnly = contract('lucid-x', 'Bytes', {
  read: { method: 'GET', path: '/bytes', summary: 'Bytes.', access: 'open', replies: { 200: 'bytes' } },
});

it('tells when the body of an answer is nobody’s any more: all of it was sent, or the caller has gone', async () => {
  const context = testContext({ service: 'lucid-x', identities });
  const app = createApp(context);
  const body = Buffer.alloc(30 * 1024 * 1024, 7);
  let sent = 0;
  mount(
    app,
    bytesOnly,
    {
      read: () =>
        Reply.bytes(200, body, { 'content-length': body.length }).onceSent(() => {
          sent += 1;
        }),
    },
    () => context.mesh.verifier,
  );
  const url = `${await app.listen({ host: '127.0.0.1', port: 0 })}/bytes`;
  try {
    const whole = Buffer.from(await (await fetch(url)).arrayBuffer());
    expect(whole.equals(body)).toBe(true);
    await eventually('it is sent', () => sent === 1);
    const leaving = new AbortController();
    const unread = await fetch(url, { signal: leaving.signal });
    expect([unread.status, sent]).toEqual([200, 1]); // more than any buffer on the way holds
    leaving.abort();
    await eventually('the caller has gone', () => sent === 2);
  } finally {
    app.server.closeAllConnections();
    await app.close();
  }
});
