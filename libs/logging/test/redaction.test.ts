import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../src/index.ts';
import { redacted } from '../src/redaction.ts';

const PLANTED = 'PLANTED-SECRET';

function logged(write: (log: ReturnType<typeof createLogger>) => void): string {
  const lines: string[] = [];
  const destination = new Writable({
    write: (chunk, _encoding, done) => {
      lines.push(String(chunk));
      done();
    },
  });
  write(createLogger({ service: 's', instance: 's-1', destination }));
  return lines.join('');
}

describe('logging', () => {
  it('cuts secrets out of errors, lists and what a child logger is bound to', () => {
    const error = Object.assign(new Error('it failed', { cause: { password: PLANTED } }), {
      uri: PLANTED,
      details: { token: PLANTED },
    });
    const text = logged((log) => {
      log.error({ err: error }, 'failed');
      log.error(error);
      log.info({ users: [{ password: PLANTED }] });
      log.child({ refresh_token: PLANTED, request: { cookie: PLANTED } }).info('bound');
    });
    expect(text).not.toContain(PLANTED);
    expect(text).toContain('it failed');
    expect(text.trim().split('\n')).toHaveLength(4);
  });

  it('leaves what is logged as it was, and copies only what it has to', () => {
    const line = { user: { name: 'a', password: PLANTED }, other: { name: 'b' } };
    const clean = redacted(line);
    expect(line.user.password).toBe(PLANTED);
    expect(clean).toEqual({ user: { name: 'a', password: '[redacted]' }, other: { name: 'b' } });
    expect(clean.other).toBe(line.other);
    const harmless = { a: { b: [1, 2] }, when: new Date(0) };
    expect(redacted(harmless)).toBe(harmless);
  });

  it('survives an object that holds itself', () => {
    const knot: Record<string, unknown> = { name: 'knot', password: PLANTED };
    knot.self = knot;
    expect(logged((log) => log.info({ knot }, 'tied'))).toContain('tied');
  });

  it('cuts planted secrets out wherever they may stand', () => {
    const lines: string[] = [];
    const destination = new Writable({
      write: (chunk, _encoding, done) => {
        lines.push(String(chunk));
        done();
      },
    });
    const log = createLogger({ service: 's', instance: 's-1', level: 'INFO', destination });
    const planted = 'PLANTED-SECRET';
    log.info(
      {
        password: planted,
        user: { refresh_token: planted },
        request: { headers: { authorization: planted }, body: { password: planted } },
      },
      'hello',
    );
    expect(lines).toHaveLength(1);
    expect(lines[0]).not.toContain(planted);
    expect(JSON.parse(lines[0] ?? '')).toMatchObject({
      level: 'info',
      service: 's',
      instance: 's-1',
      msg: 'hello',
    });
  });
});
