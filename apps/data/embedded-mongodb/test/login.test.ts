import { MongoClient, MongoServerError } from 'mongodb';
import { describe, expect, it } from 'vitest';
import { loginProblem } from '../src/config.ts';
import { deriveKeys, finishConversation, startConversation } from '../src/domain/scram.ts';
import { connected, embedded } from './support/embedded.ts';

const LOGIN = { username: 'root', password: 'pässword/:@ with everything' };

async function refusal(uri: string): Promise<MongoServerError> {
  const client = new MongoClient(uri, { serverSelectionTimeoutMS: 3000 });
  const error = await client.connect().then(
    () => undefined,
    (reason: unknown) => reason,
  );
  await client.close();
  expect(error).toBeInstanceOf(MongoServerError);
  return error as MongoServerError;
}

const uriOf = (uri: string, user: string, password: string, rest = '?authSource=admin'): string =>
  `mongodb://${encodeURIComponent(user)}:${encodeURIComponent(password)}@${new URL(uri).host}/${rest}`;

describe('logging in', () => {
  it('takes the right password, whatever characters it has', async () => {
    const { uri } = await embedded(LOGIN);
    const client = await connected(uri);
    expect(await client.db('x').command({ ping: 1 })).toMatchObject({ ok: 1 });
  });

  it('refuses a wrong password with code 18', async () => {
    const { uri } = await embedded(LOGIN);
    expect((await refusal(uriOf(uri, LOGIN.username, 'wrong'))).code).toBe(18);
  });

  it('refuses an unknown user with the same words', async () => {
    const { uri } = await embedded(LOGIN);
    const [unknown, wrong] = [
      await refusal(uriOf(uri, 'nobody', 'wrong')),
      await refusal(uriOf(uri, LOGIN.username, 'wrong')),
    ];
    expect([unknown.code, unknown.message]).toEqual([wrong.code, wrong.message]);
  });

  it('refuses the right password for another database', async () => {
    const { uri } = await embedded(LOGIN);
    expect((await refusal(uriOf(uri, LOGIN.username, LOGIN.password, '?authSource=other'))).code).toBe(18);
  });

  it('refuses commands of a client that has not logged in with code 13', async () => {
    const { uri } = await embedded(LOGIN);
    const client = await connected(`mongodb://${new URL(uri).host}/?directConnection=true`);
    for (const command of [
      { find: 'x' },
      { insert: 'x', documents: [{ a: 1 }] },
      { listDatabases: 1 },
      { dropDatabase: 1 },
    ])
      await expect(client.db('admin').command(command)).rejects.toMatchObject({ code: 13 });
  });

  it('a changed password takes the place of the old one', async () => {
    const first = await embedded(LOGIN);
    await first.close();
    const { uri } = await embedded({ ...LOGIN, password: 'new' });
    expect((await refusal(uriOf(uri, LOGIN.username, LOGIN.password))).code).toBe(18);
    await connected(uriOf(uri, LOGIN.username, 'new'));
  });
});

describe('a server without logins', () => {
  it('is refused unless it is asked for', () => {
    expect(loginProblem({ host: '127.0.0.1' })).toMatch(/required/);
  });
  it('is refused on an address others can reach', () => {
    for (const host of ['0.0.0.0', '10.0.0.1', '::', '127.0.0.1.example.org'])
      expect(loginProblem({ host, allowUnauthenticated: true }), host).toMatch(/127/);
  });
  it('is allowed on loopback', () => {
    expect(loginProblem({ host: '127.20.0.5', allowUnauthenticated: true })).toBeUndefined();
  });
  it('is refused when half a login is given', () => {
    expect(loginProblem({ host: '127.0.0.1', username: 'a', allowUnauthenticated: true })).toMatch(
      /together/,
    );
  });
});

describe('SCRAM-SHA-256', () => {
  it('agrees with the example of RFC 7677', () => {
    const salt = Buffer.from('W22ZaJ0SNY7soEsUEjb6gQ==', 'base64');
    const keys = deriveKeys('pencil', salt, 4096);
    const conversation = startConversation(
      'n,,n=user,r=rOprNGfwEbeRWgbNEkqO',
      '%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0',
      keys,
      true,
    );
    expect(conversation.serverFirst).toBe(
      'r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,s=W22ZaJ0SNY7soEsUEjb6gQ==,i=4096',
    );
    const proof =
      'c=biws,r=rOprNGfwEbeRWgbNEkqO%hvYDpWUa2RaTCAfuxFIlj)hNlF$k0,p=dHzbZapWIk4jUhN+Ute9ytag9zjfMHgsqmmiz7AndVQ=';
    expect(finishConversation(conversation, proof)).toBe('v=6rriTRBi23WpRR/wtup+mMhUZUn/dB5nLTJRsjl95G4=');
  });
  it('refuses a proof with one bit turned', () => {
    const keys = deriveKeys('pencil', Buffer.alloc(16), 4096);
    const conversation = startConversation('n,,n=user,r=abc', 'def', keys, true);
    const proof = Buffer.alloc(32, 1).toString('base64');
    expect(() => finishConversation(conversation, `c=biws,r=abcdef,p=${proof}`)).toThrow(
      /Authentication failed/,
    );
  });
});
