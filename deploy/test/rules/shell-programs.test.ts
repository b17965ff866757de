import { describe, expect, it } from 'vitest';
import { programsOf } from '../../src/rules/facts/shell-programs.ts';

describe('programs of a command', () => {
  it.each<[readonly string[], readonly string[]]>([
    [['redis-cli', 'ping'], ['redis-cli']],
    [['/nodejs/bin/node', '-e', 'process.exit(0)'], ['node']],
    [
      ['sh', '-c', 'curl -f http://localhost/health || exit 1'],
      ['sh', 'curl'],
    ],
    [
      ['sh', '-c', 'test "$(REDISCLI_AUTH="$(cat /run/secrets/p)" redis-cli ping)" = PONG'],
      ['sh', 'redis-cli'],
    ],
    [
      ['sh', '-ec', 'A=1 exec mongod --config /x'],
      ['sh', 'mongod'],
    ],
    [['bash', '-c', 'exec 3<>/dev/tcp/127.0.0.1/80'], ['bash']],
    [
      ['sh', '-c', 'until pg_isready -h x; do sleep 1; done'],
      ['sh', 'pg_isready'],
    ],
    [
      [
        'sh',
        '-c',
        'while read -r key rest; do case "$key" in "a "*.b.*) export X=1;; esac; done < /f; exec haproxy -W',
      ],
      ['sh', 'haproxy'],
    ],
    [['sh', '/entrypoint.sh'], ['sh']],
  ])('%j are %j', (command, programs) => {
    expect(programsOf(command)).toEqual(programs);
  });
});
