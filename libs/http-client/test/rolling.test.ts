import { setTimeout as delay } from 'node:timers/promises';
import { expect, it } from 'vitest';
import { aClient, BASE_URL, TestServer } from './helpers.ts';

/** An instance that stops like ours do: answers close their connections, and when the callers have noticed, nothing new is accepted. */
class DrainingServer extends TestServer {
  #draining = false;
  #told = false;
  #active = 0;

  constructor() {
    super(async (request, response) => {
      this.#active++;
      response.on('close', () => this.#active--);
      for await (const _piece of request);
      await delay(2);
      if (this.#draining) response.setHeader('connection', 'close');
      response.on('finish', () => {
        this.#told ||= this.#draining;
      });
      response.end('{}');
    });
  }

  async drain(): Promise<void> {
    this.#draining = true;
    let quietRounds = 0;
    while (quietRounds < 20) {
      await delay(5);
      quietRounds = this.#told && this.#active === 0 ? quietRounds + 1 : 0;
    }
    await new Promise((resolve) => this.server.close(resolve));
  }
}

it('loses no call while instances come and go, though discovery is late', { timeout: 20_000 }, async () => {
  const { client, discovery } = aClient();
  let instances: DrainingServer[] = [];
  const failures: unknown[] = [];
  let calls = 0;
  let running = true;
  const list = () => {
    discovery.addresses = instances.map(({ address }) => address);
  };
  const scaleTo = async (count: number) => {
    const started = Array.from({ length: Math.max(0, count - instances.length) }, () => new DrainingServer());
    await Promise.all(started.map((server) => server.start()));
    const stopping = instances.slice(count);
    instances = [...instances.slice(0, count), ...started];
    if (started.length > 0) list();
    await Promise.all(stopping.map((server) => server.drain()));
    await delay(100);
    list();
  };
  const work = async (method: 'GET' | 'POST') => {
    while (running) {
      try {
        const body = method === 'POST' ? '{"some":"thing"}' : null;
        const response = await client.request({ baseUrl: BASE_URL, method, path: '/', body });
        if (response.status !== 200) failures.push(response.status);
        await response.body.dump();
      } catch (error) {
        failures.push(error);
      }
      calls++;
    }
  };
  await scaleTo(2);
  const workers = Array.from({ length: 24 }, (_none, index) => work(index % 2 === 0 ? 'GET' : 'POST'));
  for (const count of [6, 2, 8, 1, 5, 2]) await scaleTo(count);
  running = false;
  await Promise.all(workers);
  expect(failures).toEqual([]);
  expect(calls).toBeGreaterThan(500);
  await client.close();
  await Promise.all(instances.map((server) => server.stop()));
});
