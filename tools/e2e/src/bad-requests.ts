import type { Target } from './exposed.ts';
import type { Question } from './gateway.ts';
import { fillPath, type Shape, sampleOf } from './samples.ts';

export interface BadRequest {
  what: string;
  question: Question;
  status: number;
  /** Code of the envelope, without `LUCID_ERR_`. */
  code: number;
}

const JSON_LIMIT_BYTES = 1024 * 1024;
const OCTETS = { 'content-type': 'application/octet-stream' };

/** A request that the contract takes, apart from who sends it and what its ids name. */
export function soundQuestion(target: Target, ids: Record<string, string> = {}): Question {
  const { endpoint, params, body } = target;
  const isStream = endpoint.body === 'bytes';
  return {
    method: endpoint.method,
    path: withQuery(fillPath(endpoint.path, params, ids), requiredQuery(target)),
    ...(isStream ? { headers: { ...OCTETS, ...neededHeaders(target) }, body: Buffer.from('octets') } : {}),
    ...(body ? { body: sampleOf(body) as object } : {}),
  };
}

/** What the query must have, or nothing. */
const requiredQuery = ({ query }: Target): Record<string, string> => textsOf(sampleOf(query ?? {}));

const textsOf = (sample: unknown): Record<string, string> =>
  Object.fromEntries(Object.entries(sample as object).map(([name, value]) => [name, String(value)]));

const withQuery = (path: string, query: Record<string, string>): string =>
  Object.keys(query).length === 0 ? path : `${path}?${new URLSearchParams(query)}`;

/** Headers that octets must come with. */
const neededHeaders = ({ headers }: Target): Record<string, string> => textsOf(sampleOf(headers ?? {}));

/** Everything that can be wrong with a request before anybody asks what it is about. */
export const badRequests = (target: Target): BadRequest[] => [
  ...badBodies(target),
  ...badParams(target),
  ...badQueries(target),
  ...badHeaders(target),
];

function badBodies(target: Target): BadRequest[] {
  const { body, endpoint } = target;
  if (!body) return [];
  const sound = soundQuestion(target);
  const sample = sampleOf(body) as Record<string, unknown>;
  const [required] = body.required ?? [];
  const [property = '', shape = {}] = Object.entries(body.properties ?? {})[0] ?? [];
  const limitBytes = endpoint.bodyLimitBytes ?? JSON_LIMIT_BYTES;
  const invalid = (what: string, sent: Question['body'], code: number, status = 400): BadRequest => ({
    what,
    question: { ...sound, body: sent ?? '' },
    status,
    code,
  });
  const { [required ?? '']: _left, ...incomplete } = sample;
  return [
    invalid('half a JSON document', '{"half": ', 1009),
    invalid('a list for an object', '[]', 1001),
    invalid('a field too many', { ...sample, surprise: 1 }, 1001),
    invalid('a field of the wrong type', { ...sample, [property]: wrongValue(shape) }, 1001),
    ...(required ? [invalid('a field too few', incomplete, 1002)] : []),
    invalid('a body that is too large', { ...sample, padding: 'x'.repeat(limitBytes) }, 1010, 413),
    { what: 'octets for JSON', question: { ...sound, headers: OCTETS }, status: 415, code: 1011 },
    {
      what: 'XML for JSON',
      question: { ...sound, headers: { 'content-type': 'text/xml' } },
      status: 415,
      code: 1011,
    },
  ];
}

const wrongValue = ({ type }: Shape): unknown => (type === 'string' ? 4711 : 'wrong');

function badParams(target: Target): BadRequest[] {
  return Object.entries(target.params?.properties ?? {}).map(([name, shape]) => {
    const { value, code } = badParam(shape as Shape & { maxLength?: number });
    const question = soundQuestion(target, { [name]: value });
    return { what: `${name} ${value.slice(0, 20)}`, question, status: 400, code };
  });
}

function badParam({ type, format, pattern, maxLength = 0 }: Shape & { maxLength?: number }) {
  if (format === 'uuid') return { value: 'not-a-uuid', code: 1005 };
  if (pattern !== undefined) return { value: '../../etc/passwd', code: 1003 };
  if (type === 'integer') return { value: 'minus-one', code: 1001 };
  return { value: 'x'.repeat(maxLength + 1), code: 1004 };
}

function badQueries(target: Target): BadRequest[] {
  if (!target.query) return [];
  const sound = soundQuestion(target);
  const [path = ''] = sound.path.split('?');
  const bad = (name: string, value: string, code: number): BadRequest => ({
    what: `?${name}=${value}`,
    question: { ...sound, path: withQuery(path, { ...requiredQuery(target), [name]: value }) },
    status: 400,
    code,
  });
  const ofProperty = ([name, shape]: [string, Shape]): BadRequest[] => {
    if (shape.enum) return [bad(name, 'nonsense', 1001)];
    if (shape.type !== 'integer') return [];
    return [bad(name, 'many', 1001), bad(name, String((shape.minimum ?? 0) - 1), 1004)];
  };
  return [bad('surprise', '1', 1001), ...Object.entries(target.query.properties ?? {}).flatMap(ofProperty)];
}

function badHeaders(target: Target): BadRequest[] {
  if (target.endpoint.body !== 'bytes') return [];
  const sound = soundQuestion(target);
  const needed = neededHeaders(target);
  const withHeaders = (headers: Record<string, string>): Question => ({ ...sound, headers });
  const [whole] = Object.entries(target.headers?.properties ?? {}).filter(
    ([, { type }]) => type === 'integer',
  );
  return [
    ...Object.keys(needed).map((name) => {
      const { [name]: _left, ...rest } = needed;
      return { what: `no ${name}`, question: withHeaders({ ...OCTETS, ...rest }), status: 400, code: 1002 };
    }),
    ...(whole
      ? [
          {
            what: `a ${whole[0]} below its least`,
            question: withHeaders({ ...OCTETS, ...needed, [whole[0]]: '-1' }),
            status: 400,
            code: 1004,
          },
        ]
      : []),
    {
      what: 'JSON for octets',
      question: withHeaders({ ...needed, 'content-type': 'application/json' }),
      status: 415,
      code: 1011,
    },
  ];
}
