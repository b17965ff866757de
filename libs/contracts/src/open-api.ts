import { type Access, type BodyKind, type Contract, type Endpoint, isSchema } from './endpoint.ts';

type Json = Record<string, unknown>;

const ERROR_REPLY = {
  description: 'The error envelope; codes are listed in docs/errors.md.',
  content: { 'application/json': { schema: { $ref: '#/components/schemas/ErrorEnvelope' } } },
};

const SECURITY: Record<Access, Json[]> = {
  public: [],
  open: [],
  user: [{ user: [] }],
  admin: [{ user: [] }],
  service: [{ service: [] }],
  user_or_service: [{ user: [] }, { service: [] }],
  admin_or_service: [{ user: [] }, { service: [] }],
};

/** OpenAPI 3.1 of a contract: plain data with keys in a fixed order, so that the committed file can be compared byte for byte. */
export function openApi(contract: Contract): Json {
  const paths: Record<string, Json> = {};
  for (const [name, endpoint] of Object.entries(contract.endpoints)) {
    const path = endpoint.path.replace(/:([a-z_]+)/g, '{$1}');
    paths[path] = { ...paths[path], [endpoint.method.toLowerCase()]: operation(name, endpoint) };
  }
  return {
    openapi: '3.1.0',
    info: { title: contract.title, version: 'v1', description: `What ${contract.service} answers.` },
    paths,
    components: {
      schemas: { ErrorEnvelope: ENVELOPE },
      securitySchemes: {
        user: { type: 'http', scheme: 'bearer', bearerFormat: 'JWT', description: 'Access token of a user.' },
        service: {
          type: 'http',
          scheme: 'bearer',
          bearerFormat: 'JWT',
          description: 'Short-lived token of a calling service.',
        },
      },
    },
  };
}

function operation(name: string, endpoint: Endpoint): Json {
  const replies = Object.entries(endpoint.replies).map(([status, kind]) => [status, reply(kind)]);
  return {
    operationId: name,
    summary: endpoint.summary,
    'x-access': endpoint.access,
    security: SECURITY[endpoint.access],
    parameters: [
      ...parameters('path', endpoint.params),
      ...parameters('query', endpoint.query),
      ...parameters('header', endpoint.headers),
    ],
    ...(endpoint.body
      ? { requestBody: { required: true, content: content(endpoint.body, endpoint.acceptsForm) } }
      : {}),
    responses: { ...Object.fromEntries(replies), default: ERROR_REPLY },
  };
}

const reply = (kind: BodyKind): Json =>
  kind === 'empty' ? { description: 'Done.' } : { description: 'Done.', content: content(kind) };

function content(kind: Exclude<BodyKind, 'empty'>, acceptsForm = false): Json {
  if (!isSchema(kind))
    return { 'application/octet-stream': { schema: { type: 'string', format: 'binary' } } };
  const schema = { schema: plain(kind) };
  return {
    'application/json': schema,
    ...(acceptsForm ? { 'application/x-www-form-urlencoded': schema } : {}),
  };
}

function parameters(place: 'path' | 'query' | 'header', schema: unknown): Json[] {
  if (!schema) return [];
  const { properties = {}, required = [] } = plain(schema) as {
    properties?: Record<string, Json>;
    required?: string[];
  };
  return Object.entries(properties).map(([name, value]) => ({
    name,
    in: place,
    required: required.includes(name),
    schema: value,
  }));
}

/** TypeBox schemas are JSON Schema with symbol-keyed notes; this leaves the JSON. */
const plain = (schema: unknown): unknown => JSON.parse(JSON.stringify(schema));

const ENVELOPE = {
  type: 'object',
  required: ['error'],
  properties: {
    error: {
      type: 'object',
      required: ['code', 'message', 'request_id', 'timestamp', 'service', 'version'],
      properties: {
        code: { type: 'string', pattern: '^LUCID_ERR_\\d{4}$' },
        message: { type: 'string' },
        details: { type: 'object', additionalProperties: true },
        request_id: { type: 'string', format: 'uuid' },
        timestamp: { type: 'string', format: 'date-time' },
        service: { type: 'string' },
        version: { const: 'v1' },
      },
    },
  },
};
