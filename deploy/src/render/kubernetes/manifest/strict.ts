import { type TProperties, Type } from 'typebox';

/** An object with these keys and no others. */
export const strict = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });

export const text = Type.String();
export const count = Type.Integer({ minimum: 0 });
export const maybe = Type.Optional;
export const texts = Type.Array(text);
export const labels = Type.Record(text, text);
export const protocol = Type.Union([Type.Literal('TCP'), Type.Literal('UDP')]);
export const Selector = strict({ matchLabels: labels });

const Metadata = strict({ name: text, namespace: maybe(text), labels: maybe(labels) });

/** An object of one kind. Its `metadata` is the same for all of them. */
export const kind = <const ApiVersion extends string, const Kind extends string, Rest extends TProperties>(
  apiVersion: ApiVersion,
  name: Kind,
  rest: Rest,
) => strict({ apiVersion: Type.Literal(apiVersion), kind: Type.Literal(name), metadata: Metadata, ...rest });
