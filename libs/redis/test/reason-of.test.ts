import { ReplyError } from 'ioredis';
import { describe, expect, it } from 'vitest';
import { reasonOf } from '../src/reason-of.ts';

describe('the reason of a failure', () => {
  it('is the code of a reply, never its text, which may quote the command', () => {
    const error = new ReplyError(
      "ERR unknown command 'HELLO', with args beginning with: '3' 'AUTH' 'SECRET'",
    );
    expect(reasonOf(error)).toBe('it answered ERR');
    expect(reasonOf(new ReplyError('WRONGPASS invalid username-password pair'))).toBe(
      'it answered WRONGPASS',
    );
  });

  it('is what the operating system says of sockets, also of the last node of a cluster', () => {
    const refused = Object.assign(new Error('connect ECONNREFUSED 127.0.0.1:1'), { syscall: 'connect' });
    expect(reasonOf(refused)).toBe('connect ECONNREFUSED 127.0.0.1:1');
    const cluster = Object.assign(new Error('Failed to refresh slots cache.'), { lastNodeError: refused });
    expect(reasonOf(cluster)).toBe('no node of the cluster answers: connect ECONNREFUSED 127.0.0.1:1');
  });

  it('is kept short for everything else', () => {
    const error = Object.assign(new Error('SECRET'), { command: { name: 'auth', args: ['SECRET'] } });
    expect(reasonOf(error)).toBe('the connection is closed');
    expect(reasonOf('SECRET')).toBe('unknown failure');
  });
});
