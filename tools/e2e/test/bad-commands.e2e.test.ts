import { once } from 'node:events';
import { existsSync, mkdirSync, readdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { type AddressInfo, createServer } from 'node:net';
import { join } from 'node:path';
import { type TemporaryFolder, temporaryFolder } from '@lucid/testing';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { lucid, Person } from '../src/person.ts';
import { type Ended, endAll } from '../src/run.ts';
import { deploy, LucidSystem } from '../src/system.ts';

const UNKNOWN = '00000000-0000-4000-8000-000000000000';

/** One line on standard error, nothing on standard output, the right exit code. */
function expectRefusal({ code, out, err }: Ended, wanted: number, complaint: string): void {
  expect({ code, out, err }).toEqual({ code: wanted, out: '', err: expect.stringContaining(complaint) });
  expect(err).not.toMatch(/\n\s+at |node_modules|\.ts:\d/);
}

function expectOneLine(ended: Ended, wanted: number, complaint: string): void {
  expectRefusal(ended, wanted, complaint);
  expect(ended.err).toMatch(/^(lucid|error): [^\n]+\n$/);
}

describe('commands that cannot be carried out', () => {
  let folder: TemporaryFolder;
  let nobody: string;

  beforeAll(() => {
    folder = temporaryFolder('commands');
    nobody = join(folder.path, 'nobody.json');
  });
  afterAll(async () => {
    await endAll();
    folder?.remove();
  });

  it.each([
    ['record', '--nope', 'file'],
    ['record'],
    ['record', 'file', '--chunk-size', '11'],
    ['record', 'file', '--patience', 'soon'],
    ['sessions', '--limit', '0'],
    ['verify'],
    ['verify', 'bundle.json', '--genesis', 'abc'],
    ['download'],
    ['dance'],
  ])('lucid %s %s %s %s: the usage is wrong', async (...args) => {
    const { code, out, err } = await lucid(nobody, args);
    expect({ code, out }).toEqual({ code: 2, out: '' });
    expect(err).toMatch(/^error: [^\n]+\n(\(Did you mean .+\)\n)?\(add --help for the options\)\n$/);
  });

  it('says in one line what cannot be read', async () => {
    expectOneLine(await lucid(nobody, ['record', 'no-such-file']), 2, 'no-such-file cannot be read (ENOENT)');
    expectOneLine(await lucid(nobody, ['record', folder.path]), 2, 'is not a file');
    expectOneLine(
      await lucid(nobody, ['verify', 'no-such-bundle']),
      2,
      'no-such-bundle cannot be read (ENOENT)',
    );
  });

  it('says in one line who is not signed in', async () => {
    for (const args of [['sessions'], ['proof', UNKNOWN], ['delete', UNKNOWN], ['logout']])
      expectOneLine(await lucid(nobody, args), 3, 'you are not signed in');
  });

  it('says in one line that nobody answers', async () => {
    const login = ['login', '--url', 'http://127.0.0.1:9', '--email', 'a@example.com', '--password-stdin'];
    expectOneLine(
      await lucid(nobody, login, 'secret\n'),
      4,
      'http://127.0.0.1:9 cannot be reached (ECONNREFUSED)',
    );
    expectOneLine(await lucid(nobody, ['demo', '--url', 'http://127.0.0.1:9']), 4, 'cannot be reached');
    expect(existsSync(nobody)).toBe(false);
  });

  it('says in one line that a bundle is none', async () => {
    const bundle = join(folder.path, 'bundle.json');
    await writeFile(bundle, 'no JSON');
    const { code, out } = await lucid(nobody, ['verify', bundle, '--quiet']);
    expect({ code, last: out.trim().split('\n').at(-1) }).toEqual({
      code: 10,
      last: 'refused at bundle_format',
    });
  });

  describe('of the harness', () => {
    it.each([
      [['up', '--nope'], 2, "unknown option '--nope'"],
      [['up', '--profile=nonsense'], 2, 'no such profile: nonsense'],
      [['up', '--publish=nowhere'], 2, 'not an address'],
      [['up', '--scale=auth-service=99'], 2, 'scales from 1 to 6'],
      [['scale', 'nobody=2'], 3, 'nothing is up'],
      [['status'], 3, 'nothing is up'],
      [['restart', 'session-api'], 3, 'nothing is up'],
      [['logs'], 3, 'no logs'],
    ])('%j: one line', async (args, code, complaint) => {
      expectOneLine(await deploy(...args, `--home=${join(folder.path, 'none')}`), code, complaint);
    });

    it('names who has the port, and starts nothing', async () => {
      const squatter = createServer();
      squatter.listen(0, '127.0.0.1');
      await once(squatter, 'listening');
      const { port } = squatter.address() as AddressInfo;
      const home = join(folder.path, 'taken');
      try {
        const ended = await deploy('up', '--detach', `--home=${home}`, `--publish=127.0.0.1:${port}`);
        expectRefusal(
          { ...ended, out: '' },
          1,
          `127.0.0.1:${port}, wanted for the public address, is taken by `,
        );
        expect(ended.err).toContain(`(pid ${process.pid})`);
        expect(await deploy('status', `--home=${home}`)).toMatchObject({ code: 3 });
        expect(readdirSync(join(home, 'logs'))).toEqual(['engine.log']);
      } finally {
        squatter.close();
      }
    });

    it('names a home that cannot be used', async () => {
      const file = join(folder.path, 'a-file');
      await writeFile(file, '');
      const ended = await deploy('up', '--detach', `--home=${join(file, 'home')}`, '--publish=none');
      expectRefusal({ ...ended, out: '' }, 1, 'cannot use');
    });
  });

  describe('while the system is up', () => {
    let system: LucidSystem;
    let ada: Person;

    beforeAll(async () => {
      system = await LucidSystem.start('commands');
      ada = await Person.join(system, 'ada');
    });
    afterAll(() => system?.end());

    it('refuses a wrong password, and an account that exists', async () => {
      const login = ['login', '--url', system.url, '--email', ada.email, '--password-stdin'];
      expectOneLine(await lucid(nobody, login, 'Wrong-horse-1-battery\n'), 5, 'e-mail or password is wrong');
      expectOneLine(
        await lucid(nobody, [...login, '--register'], `${ada.password}\n`),
        5,
        '[LUCID_ERR_4002]',
      );
      const noAddress = login.with(-2, 'no-address');
      expectOneLine(await lucid(nobody, [...noAddress, '--register'], 'x'), 5, '[LUCID_ERR_1006]');
      expect(existsSync(nobody)).toBe(false);
    });

    it('finds no session that is not there, and says which id is none', async () => {
      for (const command of ['proof', 'download', 'delete']) {
        expectOneLine(await ada.lucid([command, UNKNOWN]), 6, 'There is no such session. [LUCID_ERR_7001]');
        expectOneLine(await ada.lucid([command, 'monday']), 5, '[LUCID_ERR_1005]');
      }
    });

    it('refuses to go on with a session that was never there', async () => {
      const file = join(folder.path, 'file');
      await writeFile(file, 'bytes');
      expectOneLine(
        await ada.lucid(['record', file, '--resume', UNKNOWN, '--quiet']),
        6,
        'There is no such session.',
      );
    });

    it('asks for a sign-in when the one there was has ended', async () => {
      const copy = join(folder.path, 'copy', 'profile.json');
      mkdirSync(join(folder.path, 'copy'));
      await writeFile(copy, JSON.stringify({ ...ada.profile, access_token: 'gone', refresh_token: 'gone' }));
      expectOneLine(await lucid(copy, ['sessions']), 3, 'your sign-in has ended');
    });

    it('is not started twice with other settings, and not scaled beyond its range', async () => {
      expectOneLine(await system.deploy('up', '--publish=127.0.0.1:9'), 1, 'already up with public address');
      expectOneLine(
        await system.deploy('scale', 'blockchain-engine=2'),
        2,
        'one validator, which is not scaled',
      );
      expectOneLine(await system.deploy('scale', 'nobody=2'), 2, 'no such service: nobody');
    });
  });
});
