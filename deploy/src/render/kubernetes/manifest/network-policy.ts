/** Network policies, as far as they are written here. */
import { type Static, Type } from 'typebox';
import { count, kind, labels, maybe, protocol, strict, text, texts } from './strict.ts';

const Expression = strict({ key: text, operator: Type.Literal('In'), values: texts });

/** Labels that must be there, and labels that must have one of some values. Empty: every pod. */
export const PodSelector = strict({
  matchLabels: maybe(labels),
  matchExpressions: maybe(Type.Array(Expression)),
});
export type PodSelector = Static<typeof PodSelector>;

const Peer = strict({
  podSelector: maybe(PodSelector),
  namespaceSelector: maybe(strict({ matchLabels: labels })),
  ipBlock: maybe(strict({ cidr: text, except: maybe(texts) })),
});
export type Peer = Static<typeof Peer>;

const Port = strict({ port: count, protocol });
export type Port = Static<typeof Port>;

const Ingress = strict({ from: maybe(Type.Array(Peer)), ports: Type.Array(Port) });
const Egress = strict({ to: maybe(Type.Array(Peer)), ports: Type.Array(Port) });
export type Ingress = Static<typeof Ingress>;
export type Egress = Static<typeof Egress>;

const Direction = Type.Union([Type.Literal('Ingress'), Type.Literal('Egress')]);

export const NetworkPolicy = kind('networking.k8s.io/v1', 'NetworkPolicy', {
  spec: strict({
    podSelector: PodSelector,
    policyTypes: Type.Array(Direction),
    ingress: maybe(Type.Array(Ingress)),
    egress: maybe(Type.Array(Egress)),
  }),
});
export type NetworkPolicy = Static<typeof NetworkPolicy>;
