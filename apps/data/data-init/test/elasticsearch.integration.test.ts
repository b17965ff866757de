import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { ElasticsearchPeer } from './support/elasticsearch-peer.ts';
import { runJobProcess } from './support/run-job-process.ts';

const TEMPLATES = ['lucid-sessions', 'lucid-users', 'lucid-blocks'];
const job = (uri: string, environment: Record<string, string> = {}) =>
  runJobProcess({
    argument: 'elasticsearch',
    environment: { ELASTICSEARCH_URI: uri, INIT_DEADLINE_SECONDS: '20', ...environment },
  });

describe('elasticsearch with recorded answers', () => {
  let peer: ElasticsearchPeer;
  let uri: string;
  beforeEach(async () => {
    peer = new ElasticsearchPeer();
    uri = await peer.listen();
  });
  afterEach(() => peer.close());

  test('puts the templates, and has nothing to do the second time', async () => {
    const first = await job(uri);
    expect(first).toMatchObject({
      code: 0,
      steps: TEMPLATES.map((name) => `puts the index template ${name}`),
    });
    expect(await job(uri)).toMatchObject({ code: 0, messages: ['already right: nothing to do'] });
  });

  test('follows the number of nodes: templates and indices get a replica', async () => {
    expect((await job(uri)).code).toBe(0);
    peer.nodes = 3;
    peer.indices.set('lucid-blocks-2026', {
      number_of_replicas: '0',
      refresh_interval: '30s',
      max_result_window: '10000',
    });
    const grown = await job(uri, { ELASTICSEARCH_NODES: '3' });
    expect(grown.steps).toEqual([
      ...TEMPLATES.map((name) => `replaces the index template ${name}`),
      'sets number_of_replicas 1 of the index lucid-blocks-2026',
    ]);
    expect(peer.indices.get('lucid-blocks-2026')?.number_of_replicas).toBe('1');
  });

  test('waits for nodes and for yellow, changing nothing before, and says what it waited for', async () => {
    const missing = await job(uri, { ELASTICSEARCH_NODES: '3', INIT_DEADLINE_SECONDS: '1' });
    expect(missing.messages.at(-1)).toBe('not done within 1 s: 1 of 3 nodes have joined');
    peer.status = 'red';
    const red = await job(uri, { INIT_DEADLINE_SECONDS: '1' });
    expect(red.messages.at(-1)).toBe('not done within 1 s: the cluster is red');
    expect(peer.templates.size).toBe(0);
  });

  test('ends at once when the login is refused', async () => {
    peer.failure = 401;
    expect((await job(uri)).messages).toEqual(['401 as told']);
  });
});

const real = process.env.ELASTICSEARCH_TEST_URI;
describe.skipIf(!real)('elasticsearch with a real server (ELASTICSEARCH_TEST_URI)', () => {
  const ask = (method: string, path: string, body?: object) =>
    fetch(`${real}${path}`, {
      method,
      headers: { 'content-type': 'application/json' },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });

  test('puts templates that new indices follow, refuses personal fields, and repairs settings', async () => {
    const prefix = `test${process.pid}`;
    const environment = { ELASTICSEARCH_INDEX_PREFIX: prefix };
    try {
      expect((await job(real ?? '', environment)).steps.length).toBe(3);
      expect(await job(real ?? '', environment)).toMatchObject({ code: 0, steps: [] });
      const indexed = await ask('PUT', `/${prefix}-users/_doc/1?refresh=true`, {
        user_id: 'one',
        role: 'user',
      });
      expect(indexed.status).toBe(201);
      expect((await ask('PUT', `/${prefix}-users/_doc/2`, { email: 'a@b.c' })).status).toBe(400);
      await ask('PUT', `/${prefix}-users/_settings`, { index: { refresh_interval: '1s' } });
      expect((await job(real ?? '', environment)).steps).toEqual([
        `sets refresh_interval 5s of the index ${prefix}-users`,
      ]);
      expect(await job(real ?? '', environment)).toMatchObject({ code: 0, steps: [] });
    } finally {
      await ask('DELETE', `/${prefix}-users`);
      for (const kind of ['sessions', 'users', 'blocks'])
        await ask('DELETE', `/_index_template/${prefix}-${kind}`);
    }
  });
});
