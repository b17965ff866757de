import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, expectTypeOf, it } from 'vitest';
import { ConfigError, defineConfig, flag, integer, list, oneOf, secret, text, url } from '../src/index.ts';

const config = defineConfig('lucid-test', {
  PORT: integer({ doc: 'Port.', default: 8080, min: 1, max: 65535 }),
  NAME: text({ doc: 'Name.', required: true }),
  NOTE: text({ doc: 'Note.' }),
  KEY: secret({ doc: 'Key.', required: true, minLength: 8 }),
  DEBUG: flag({ doc: 'Debug.', default: false }),
  MODE: oneOf(['a', 'b'], { doc: 'Mode.', default: 'a' }),
  PEER_URL: url({ doc: 'Peer.', default: 'http://peer:1' }),
  NAMES: list({ doc: 'Names.' }),
});

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'lucid-config-'));
});
afterAll(() => rmSync(folder, { recursive: true }));

describe('a configuration', () => {
  it('fills defaults, parses types and is frozen', () => {
    const loaded = config.load({ NAME: 'n', KEY: 'long-enough', NAMES: 'x, y,', PEER_URL: 'http://q:2/' });
    expect(loaded).toMatchObject({
      PORT: 8080,
      DEBUG: false,
      MODE: 'a',
      NAMES: ['x', 'y'],
      PEER_URL: 'http://q:2',
    });
    expect(Object.isFrozen(loaded)).toBe(true);
    expectTypeOf(loaded.PORT).toEqualTypeOf<number>();
    expectTypeOf(loaded.NOTE).toEqualTypeOf<string | undefined>();
  });

  it('names every problem at once and never a value', () => {
    const load = () => config.load({ PORT: '99999', KEY: 'hunter2', MODE: 'zzz' });
    expect(load).toThrow(ConfigError);
    try {
      load();
    } catch (error) {
      const message = (error as Error).message;
      for (const name of ['PORT', 'NAME is required', 'KEY', 'MODE']) expect(message).toContain(name);
      for (const value of ['99999', 'hunter2', 'zzz']) expect(message).not.toContain(value);
    }
  });

  it('reads a secret from the file that NAME_FILE points at, and refuses it given twice', () => {
    const path = join(folder, 'key');
    writeFileSync(path, 'from-a-file\n');
    expect(config.load({ NAME: 'n', KEY_FILE: path }).KEY).toBe('from-a-file');
    expect(() => config.load({ NAME: 'n', KEY: 'long-enough', KEY_FILE: path })).toThrow('set twice');
    expect(() => config.load({ NAME: 'n', KEY_FILE: join(folder, 'absent') })).toThrow('ENOENT');
  });
});
