/** Pods, as far as they are written here. */
import { type Static, Type } from 'typebox';
import { count, labels, maybe, protocol, Selector, strict, text, texts } from './strict.ts';

const EnvironmentVariable = strict({
  name: text,
  value: maybe(text),
  valueFrom: maybe(strict({ fieldRef: strict({ fieldPath: text }) })),
});

const Probe = strict({
  httpGet: maybe(strict({ path: text, port: count })),
  tcpSocket: maybe(strict({ port: count })),
  exec: maybe(strict({ command: texts })),
  periodSeconds: count,
  timeoutSeconds: count,
  failureThreshold: count,
});
export type Probe = Static<typeof Probe>;

const Quantities = strict({ cpu: text, memory: text });

const ContainerSecurity = strict({
  allowPrivilegeEscalation: Type.Literal(false),
  readOnlyRootFilesystem: Type.Boolean(),
  capabilities: strict({ drop: Type.Tuple([Type.Literal('ALL')]), add: maybe(texts) }),
});

const Container = strict({
  name: text,
  image: text,
  imagePullPolicy: Type.Literal('IfNotPresent'),
  command: maybe(texts),
  args: maybe(texts),
  env: maybe(Type.Array(EnvironmentVariable)),
  ports: maybe(Type.Array(strict({ name: text, containerPort: count, protocol }))),
  startupProbe: maybe(Probe),
  readinessProbe: maybe(Probe),
  livenessProbe: maybe(Probe),
  resources: strict({ requests: Quantities, limits: Quantities }),
  securityContext: ContainerSecurity,
  volumeMounts: maybe(
    Type.Array(
      strict({
        name: text,
        mountPath: text,
        subPath: maybe(text),
        readOnly: maybe(Type.Literal(true)),
      }),
    ),
  ),
});
export type Container = Static<typeof Container>;

const PodVolume = strict({
  name: text,
  configMap: maybe(strict({ name: text })),
  projected: maybe(
    strict({
      sources: Type.Array(
        strict({
          secret: strict({
            name: text,
            items: Type.Tuple([strict({ key: Type.Literal('value'), path: text })]),
          }),
        }),
      ),
    }),
  ),
  emptyDir: maybe(strict({ medium: Type.Literal('Memory'), sizeLimit: text })),
  persistentVolumeClaim: maybe(strict({ claimName: text })),
  hostPath: maybe(strict({ path: text, type: Type.Literal('Directory') })),
});
export type PodVolume = Static<typeof PodVolume>;

const NodeExpression = strict({ key: text, operator: Type.Literal('In'), values: texts });
const Affinity = strict({
  nodeAffinity: maybe(
    strict({
      preferredDuringSchedulingIgnoredDuringExecution: Type.Tuple([
        strict({ weight: count, preference: strict({ matchExpressions: Type.Tuple([NodeExpression]) }) }),
      ]),
    }),
  ),
  podAntiAffinity: maybe(
    strict({
      preferredDuringSchedulingIgnoredDuringExecution: Type.Tuple([
        strict({
          weight: count,
          podAffinityTerm: strict({ topologyKey: text, labelSelector: Selector }),
        }),
      ]),
    }),
  ),
});
export type Affinity = Static<typeof Affinity>;

const PodSpec = strict({
  serviceAccountName: text,
  automountServiceAccountToken: Type.Literal(false),
  enableServiceLinks: Type.Literal(false),
  restartPolicy: maybe(Type.Union([Type.Literal('Always'), Type.Literal('OnFailure')])),
  terminationGracePeriodSeconds: count,
  securityContext: strict({
    runAsNonRoot: maybe(Type.Literal(true)),
    runAsUser: maybe(count),
    runAsGroup: maybe(count),
    fsGroup: maybe(count),
    fsGroupChangePolicy: maybe(Type.Literal('OnRootMismatch')),
    seccompProfile: strict({ type: Type.Literal('RuntimeDefault') }),
    sysctls: maybe(Type.Array(strict({ name: text, value: text }))),
  }),
  topologySpreadConstraints: maybe(
    Type.Tuple([
      strict({
        maxSkew: Type.Literal(1),
        topologyKey: Type.Literal('kubernetes.io/hostname'),
        whenUnsatisfiable: Type.Literal('ScheduleAnyway'),
        labelSelector: Selector,
      }),
    ]),
  ),
  affinity: maybe(Affinity),
  containers: Type.Tuple([Container]),
  volumes: maybe(Type.Array(PodVolume)),
});
export type PodSpec = Static<typeof PodSpec>;

export const PodTemplate = strict({ metadata: strict({ labels }), spec: PodSpec });
export type PodTemplate = Static<typeof PodTemplate>;
