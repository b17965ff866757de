import { Readable } from 'node:stream';
import { clientFor, contract, Strict } from '@lucid/contracts';
import type { HttpBody, HttpClient, HttpRequest, HttpResponse } from '@lucid/http-client';
import { Type } from 'typebox';
import { describe, expect, it } from 'vitest';

const desk = contract('lucid-desk', 'Desk', {
  open: {
    method: 'POST',
    path: '/open',
    summary: 'Open.',
    access: 'service',
    replies: { 200: Strict({ drawer: Type.Integer() }) },
  },
  look: {
    method: 'GET',
    path: '/look',
    summary: 'Look.',
    access: 'user',
    replies: { 200: Strict({ drawer: Type.Integer() }) },
  },
});

interface Canned {
  status: number;
  text: string;
  headers?: Record<string, string>;
}

/** A client whose calls are answered in turn with what is given, and the requests it made. */
function answering(...answers: Canned[]) {
  const requests: HttpRequest[] = [];
  const http = {
    request: async (request: HttpRequest): Promise<HttpResponse> => {
      requests.push(request);
      const { status, text, headers = {} } = answers.shift() ?? { status: 500, text: '' };
      const body = Object.assign(Readable.from([text]), {
        json: async () => JSON.parse(text),
        dump: async () => undefined,
      }) as unknown as HttpBody;
      return { status, headers, body, address: 'one:1' };
    },
  } as unknown as HttpClient;
  return { client: clientFor(desk, http, 'http://lucid-desk:1'), requests };
}

const refusal = (code: string) => JSON.stringify({ error: { code, message: 'no' } });

describe('a typed client', () => {
  it('goes to the instance that a 421 names, once', async () => {
    const moved = { status: 421, text: refusal('LUCID_ERR_7108'), headers: { 'x-owner-address': 'two:2' } };
    const { client, requests } = answering(moved, { status: 200, text: '{"drawer":1}' });
    expect((await client.open({})).body).toEqual({ drawer: 1 });
    expect(requests.map(({ address }) => address)).toEqual([undefined, 'two:2']);

    const endless = answering(moved, moved, moved);
    await expect(endless.client.open({})).rejects.toMatchObject({ status: 421, code: 7108 });
    expect(endless.requests).toHaveLength(2);
  });

  it('does not follow into the network from outside of it', async () => {
    const moved = { status: 421, text: refusal('LUCID_ERR_7108'), headers: { 'x-owner-address': 'two:2' } };
    const { client, requests } = answering(moved);
    await expect(client.look({})).rejects.toMatchObject({ status: 421 });
    expect(requests).toHaveLength(1);
  });

  it.each([401, 403])('does not blame its own caller when it is itself refused with %i', async (status) => {
    const { client } = answering({ status, text: refusal('LUCID_ERR_2020') });
    await expect(client.open({})).rejects.toMatchObject({ status: 502, code: 5003, fault: 'upstream' });
  });

  it('passes a 401 on where a user’s token was judged', async () => {
    const { client } = answering({ status: 401, text: refusal('LUCID_ERR_2002') });
    await expect(client.look({})).rejects.toMatchObject({ status: 401, code: 2002 });
  });

  it('calls half a document a failure of whoever sent it', async () => {
    const { client } = answering({ status: 200, text: '{"drawer":' });
    await expect(client.open({})).rejects.toMatchObject({ status: 502, code: 5003 });
  });
});
