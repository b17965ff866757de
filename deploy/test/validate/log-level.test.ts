import { describe, expect, it } from 'vitest';
import { badEntryOf } from '../../src/validate/log-level.ts';

describe('a log line', () => {
  it.each([
    ['{"level":"error","msg":"the store is away"}', 'error', 'the store is away'],
    ['{"level":60,"msg":"gave up"}', 'fatal', 'gave up'],
    [
      '{"t":{"$date":"2025-01-14T12:00:00Z"},"s":"F","c":"CONTROL","msg":"Fatal assertion"}',
      'fatal',
      'Fatal assertion',
    ],
    ['{"@timestamp":"2025-01-14T12:00:00Z","log.level":"ERROR","message":"no master"}', 'error', 'no master'],
    ['ts=2025-01-14T12:00:00Z caller=main.go level=error msg="no config"', 'error', '"no config"'],
    ['[ALERT]    (1) : Starting proxy http failed', 'fatal', '(1) : Starting proxy http failed'],
    ['[2025-01-14 12:00:00.000][1][critical][main] out of memory', 'fatal', '[main] out of memory'],
  ] as const)('of %s is bad', (line, level, message) => {
    expect(badEntryOf(line)).toEqual({ level, message });
  });

  it.each([
    '{"level":"info","msg":"error handling is on"}',
    '{"level":"warn","msg":"slow"}',
    '{"level":"error","msg":"cut o',
    '1:M 14 Jan 2025 12:00:00.000 # WARNING Memory overcommit must be enabled!',
    'level=info msg="no error"',
    'time="2025-01-14T12:00:00Z" level=error msg="Loaded 1 entries from /run/secrets/passwords.json"',
  ])('%s is not', (line) => {
    expect(badEntryOf(line)).toBeUndefined();
  });
});
