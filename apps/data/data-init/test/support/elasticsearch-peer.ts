import { createServer, type IncomingMessage } from 'node:http';

/**
 * Answers the five requests of the job in the form recorded from Elasticsearch 9.2.0: settings come back as text, templates
 * with fields that nobody put, a search for nothing finds nothing with 200.
 */
export class ElasticsearchPeer {
  status = 'green';
  nodes = 1;
  readonly templates = new Map<string, Record<string, unknown>>();
  readonly indices = new Map<string, Record<string, string>>();
  /** When set, every request is answered with this status. */
  failure: number | undefined;
  readonly #server = createServer(async (request, response) => {
    const [status, body] = this.#answer(request, await bodyOf(request));
    response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
  });

  async listen(): Promise<string> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    return `http://127.0.0.1:${(this.#server.address() as { port: number }).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  #answer({ method, url = '' }: IncomingMessage, text: string): [number, unknown] {
    if (this.failure !== undefined)
      return [this.failure, { error: { reason: 'as told' }, status: this.failure }];
    if (url === '/_cluster/health') return [200, { status: this.status, number_of_nodes: this.nodes }];
    const [, template] = /^\/_index_template\/(.+)$/.exec(url) ?? [];
    if (method === 'PUT' && template !== undefined) {
      this.templates.set(template, asText(JSON.parse(text)) as Record<string, unknown>);
      return [200, { acknowledged: true }];
    }
    if (template !== undefined) {
      const list = [...this.templates].map(([name, body]) => ({
        name,
        index_template: { ...body, composed_of: [], created_date_millis: 1_795_261_364_992 },
      }));
      return [200, { index_templates: list }];
    }
    const [, index = ''] = /^\/(.+)\/_settings$/.exec(url) ?? [];
    if (method === 'GET')
      return [
        200,
        Object.fromEntries([...this.indices].map(([name, it]) => [name, { settings: { index: it } }])),
      ];
    Object.assign(this.indices.get(index) ?? {}, asText(JSON.parse(text).index, 2));
    return [200, { acknowledged: true }];
  }
}

async function bodyOf(request: IncomingMessage): Promise<string> {
  const pieces: Buffer[] = [];
  for await (const piece of request) pieces.push(piece as Buffer);
  return Buffer.concat(pieces).toString();
}

/** Numbers inside come back as text, as Elasticsearch does with settings. */
function asText(value: unknown, depth = 0): unknown {
  if (typeof value === 'number') return depth < 2 ? value : String(value);
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value;
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, asText(inner, depth + 1)]));
}
