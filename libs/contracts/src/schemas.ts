import { type Static, type TSchema, Type } from 'typebox';

/** Building blocks shared by the contracts. Hashes and keys are lower-case hex, times RFC 3339 UTC. */
export const Uuid = Type.String({ format: 'uuid' });
export const Hash = Type.String({ pattern: '^[0-9a-f]{64}$' });
export const PublicKey = Type.String({ pattern: '^[0-9a-f]{64}$' });
export const Signature = Type.String({ pattern: '^[0-9a-f]{128}$' });
export const Timestamp = Type.String({ format: 'date-time' });
export const Count = Type.Integer({ minimum: 0 });

/** An object that refuses fields it does not know. */
export const Strict = <Properties extends Record<string, TSchema>>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });

/** One of a few words. */
export const OneOf = <const Words extends readonly [string, ...string[]]>(words: Words) =>
  Type.Unsafe<Words[number]>({ type: 'string', enum: [...words] });

export const Nullable = <Schema extends TSchema>(schema: Schema) =>
  Type.Unsafe<Static<Schema> | null>({
    ...schema,
    type: [(schema as unknown as { type: string }).type, 'null'],
  });

/** Free-form JSON object. */
export const AnyObject = Type.Unsafe<Record<string, unknown>>({ type: 'object', additionalProperties: true });

export const PageQuery = {
  page: Type.Optional(Type.Integer({ minimum: 1, default: 1 })),
  limit: Type.Optional(Type.Integer({ minimum: 1, maximum: 100, default: 20 })),
};

export const Pagination = Strict({ page: Count, limit: Count, total: Count, pages: Count });
export type Pagination = Static<typeof Pagination>;

/** @param total number of items in the whole list */
export const pagination = (page: number, limit: number, total: number): Pagination => ({
  page,
  limit,
  total,
  pages: Math.ceil(total / limit),
});
