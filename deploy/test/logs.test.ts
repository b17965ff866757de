import { appendFileSync, mkdtempSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { lastWords } from '../src/engines/process/last-words.ts';
import { rotateLogs } from '../src/engines/process/log-files.ts';
import { loggedInstances, readLogs, timeOf } from '../src/engines/process/log-reader.ts';

let dir = '';
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), 'lucid-logs-'));
});
afterEach(() => rmSync(dir, { recursive: true, force: true }));
const write = (name: string, ...lines: string[]) =>
  appendFileSync(join(dir, `${name}.log`), `${lines.join('\n')}\n`);
const read = async (options: Parameters<typeof readLogs>[1] = {}) => {
  const texts: string[] = [];
  for await (const line of readLogs(dir, options)) texts.push(`${line.instance} ${line.text}`);
  return texts;
};
const at = (second: number, msg: string) =>
  JSON.stringify({ level: 'info', timestamp: `2026-01-01T00:00:0${second}.000Z`, msg });

describe('the logs of several instances', () => {
  it('are told in the order of time; a line without time stays with the one before', async () => {
    write('lucid-a-1', at(1, 'one'), '    at stack', at(4, 'four'));
    write('lucid-b-1', at(2, 'two'), at(3, 'three'));
    expect((await read()).map((line) => line.replace(/\{.*"msg":"(\w+)"\}/, '$1'))).toEqual([
      'lucid-a-1 one',
      'lucid-a-1     at stack',
      'lucid-b-1 two',
      'lucid-b-1 three',
      'lucid-a-1 four',
    ]);
  });

  it('can be asked for by service, instance or short name', () => {
    for (const name of ['lucid-a-1', 'lucid-a-2', 'lucid-a-b-1', 'engine', 'build']) write(name, 'x');
    expect(loggedInstances(dir, ['a'])).toEqual(['lucid-a-1', 'lucid-a-2']);
    expect(loggedInstances(dir, ['lucid-a-2', 'engine'])).toEqual(['engine', 'lucid-a-2']);
    expect(loggedInstances(dir, [])).not.toContain('build');
    expect(loggedInstances(join(dir, 'nowhere'), [])).toEqual([]);
  });

  it('are limited to the last lines', async () => {
    write('lucid-a-1', 'one', 'two', 'three');
    expect(await read({ lines: 2 })).toEqual(['lucid-a-1 two', 'lucid-a-1 three']);
    expect(await read({ lines: 0 })).toEqual([]);
  });

  it('are followed across rotation, with instances that come later, and half lines wait for their end', async () => {
    write('lucid-a-1', 'old');
    const over = new AbortController();
    const seen: string[] = [];
    const following = (async () => {
      for await (const line of readLogs(dir, { follow: true, signal: over.signal })) seen.push(line.text);
    })();
    const sees = (...texts: string[]) => vi.waitFor(() => expect(seen).toEqual(texts), { timeout: 5_000 });
    await sees('old');
    appendFileSync(join(dir, 'lucid-a-1.log'), 'ha');
    write('lucid-b-1', 'late');
    await sees('old', 'late');
    appendFileSync(join(dir, 'lucid-a-1.log'), 'lf\n');
    await sees('old', 'late', 'half');
    writeFileSync(join(dir, 'lucid-a-1.log'), 'new\n');
    await sees('old', 'late', 'half', 'new');
    over.abort();
    await following;
  });

  it('stay small', () => {
    write('lucid-a-1', 'x'.repeat(100));
    write('lucid-b-1', 'x');
    expect(rotateLogs(dir, 50)).toEqual(['lucid-a-1.log']);
    expect(statSync(join(dir, 'lucid-a-1.log')).size).toBe(0);
    expect(statSync(join(dir, 'lucid-a-1.log.1')).size).toBe(101);
  });

  it('tell time in three spellings', () => {
    expect(timeOf('{"level":30,"time":1795249008296}')).toBe(1795249008296);
    expect(timeOf(at(1, 'x'))).toBe(Date.parse('2026-01-01T00:00:01Z'));
    expect(timeOf('2026-01-01T00:00:01.000Z machine')).toBe(Date.parse('2026-01-01T00:00:01Z'));
    expect(timeOf('plain')).toBeUndefined();
  });
});

describe('last words', () => {
  const of = (...lines: string[]) => {
    write('x', ...lines);
    return lastWords(join(dir, 'x.log'));
  };

  it('are the last complaint, without the stack and what Node adds', () => {
    expect(
      of(
        'Error: no store',
        '    at open (file.ts:1:1)',
        '(node:7) ExperimentalWarning: failing feature',
        'Node.js v24.1.0',
      ),
    ).toBe('Error: no store');
  });

  it('are the message of a JSON line and of its error, from warning upwards', () => {
    expect(
      of('{"level":"fatal","msg":"cannot start","err":{"message":"no store"}}', at(1, 'a failed farewell')),
    ).toBe('cannot start: no store');
  });

  it('are none when there is no log, or nothing worth quoting in it', () => {
    expect(lastWords(join(dir, 'none.log'))).toBe('');
    expect(of(at(1, 'started'))).toBe('');
  });
});
