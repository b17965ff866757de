import { Writable } from 'node:stream';
import { describe, expect, it } from 'vitest';
import { createLogger } from '../src/index.ts';

describe('logging', () => {
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
