/** The part of the Compose specification that is used, and nothing else. */
import { type Static, Type } from 'typebox';
import {
  bodyProperties,
  Exactly,
  Ipam,
  Labels,
  Resources,
  Texts,
  VolumeLabels,
} from '../compose-format/body-schema.ts';

const Ports = Type.Array(
  Type.Union([
    Exactly({
      target: Type.Integer(),
      published: Type.String(),
      host_ip: Type.String(),
      protocol: Type.Union([Type.Literal('tcp'), Type.Literal('udp')]),
    }),
    Type.String(), // a range has no long form
  ]),
);

const ComposeService = Exactly({
  ...bodyProperties,
  security_opt: Type.Optional(Type.Array(Type.Literal('no-new-privileges:true'))),
  expose: Type.Optional(Texts),
  ports: Type.Optional(Ports),
  depends_on: Type.Optional(
    Type.Record(
      Type.String(),
      Exactly({
        condition: Type.Union([
          Type.Literal('service_healthy'),
          Type.Literal('service_completed_successfully'),
          Type.Literal('service_started'),
        ]),
      }),
    ),
  ),
  cpu_shares: Type.Integer(),
  deploy: Exactly({ replicas: Type.Integer(), resources: Resources }),
  restart: Type.String(),
  labels: Labels,
});
export type ComposeService = Static<typeof ComposeService>;

const ComposeNetwork = Exactly({ internal: Type.Optional(Type.Literal(true)), ipam: Ipam });
export type ComposeNetwork = Static<typeof ComposeNetwork>;

const File = Exactly({ file: Type.String() });
const Named = <Entry extends Parameters<typeof Type.Record>[1]>(entry: Entry) =>
  Type.Optional(Type.Record(Type.String(), entry));

export const ComposeDocument = Exactly({
  name: Type.String(),
  services: Type.Record(Type.String(), ComposeService),
  networks: Named(ComposeNetwork),
  volumes: Named(Exactly({ labels: VolumeLabels })),
  secrets: Named(File),
  configs: Named(File),
});
export type ComposeDocument = Static<typeof ComposeDocument>;
