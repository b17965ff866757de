/**
 * What the files of Compose and Swarm have in common, key by key. Nothing else may be in a file: a key that is not here
 * is one the reader would have to guess about.
 */
import { type Static, type TProperties, Type } from 'typebox';

/** An object with these keys and no others. */
export const Exactly = <Properties extends TProperties>(properties: Properties) =>
  Type.Object(properties, { additionalProperties: false });

export const Texts = Type.Array(Type.String());
const Literal = <const Value extends string | boolean>(value: Value) => Type.Literal(value);

export const Labels = Exactly({
  'lucid.service': Type.String(),
  'lucid.kind': Type.Union([Literal('service'), Literal('store'), Literal('job'), Literal('support')]),
  'lucid.cluster': Type.String(),
  'lucid.plane': Type.String(),
  'lucid.status': Type.Union([Literal('built'), Literal('planned')]),
  'lucid.profile': Type.String(),
});

const Mount = Type.Union([
  Exactly({ type: Literal('volume'), source: Type.String(), target: Type.String() }),
  Exactly({ type: Literal('bind'), source: Type.String(), target: Type.String(), read_only: Literal(true) }),
  Exactly({ type: Literal('tmpfs'), target: Type.String() }),
]);
export type Mount = Static<typeof Mount>;

const Healthcheck = Exactly({
  test: Texts,
  interval: Type.String(),
  timeout: Type.String(),
  retries: Type.Integer(),
  start_period: Type.String(),
});

const Share = Exactly({ cpus: Type.String(), memory: Type.String() });
export const Resources = Exactly({ limits: Share, reservations: Share });

/** Keys of a service that mean the same in both. */
export const bodyProperties = {
  image: Type.String(),
  entrypoint: Type.Optional(Texts),
  command: Type.Optional(Texts),
  user: Type.Optional(Type.String()),
  read_only: Type.Optional(Literal(true)),
  cap_drop: Type.Optional(Type.Array(Literal('ALL'))),
  environment: Type.Optional(Type.Record(Type.String(), Type.String())),
  networks: Type.Record(Type.String(), Exactly({ aliases: Type.Optional(Texts) })),
  volumes: Type.Optional(Type.Array(Mount)),
  secrets: Type.Optional(Texts),
  configs: Type.Optional(Type.Array(Exactly({ source: Type.String(), target: Type.String() }))),
  healthcheck: Type.Optional(Healthcheck),
  stop_grace_period: Type.String(),
};
const Body = Exactly(bodyProperties);
export type Body = Static<typeof Body>;

/** Where a volume of the file comes from: the model's name, and who sees it. */
export const VolumeLabels = Exactly({
  'lucid.volume': Type.String(),
  'lucid.scope': Type.Union([Literal('instance'), Literal('shared')]),
});
export type VolumeLabels = Static<typeof VolumeLabels>;

export const Ipam = Exactly({ config: Type.Array(Exactly({ subnet: Type.String() })) });
