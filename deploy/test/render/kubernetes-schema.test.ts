import { describe, expect, it } from 'vitest';
import { composeSystem } from '../../src/profiles/compose-system.ts';
import { profiles } from '../../src/profiles/index.ts';
import { kubernetes } from '../../src/render/kubernetes/index.ts';
import { system } from '../../src/system.ts';
import { fixture } from './kubernetes-fixture.ts';
import { type Manifest, objectsOf, schemaErrors } from './kubernetes-schema.ts';

const renderings = [
  ...Object.values(profiles).map((profile) => ({
    name: profile.name,
    files: kubernetes.render(composeSystem(system, profile), { profile: profile.name }).files,
  })),
  { name: 'fixture', files: kubernetes.render(fixture, { profile: 'autoscale' }).files },
];
/** What a name may be, by kind: a DNS label that begins with a letter, a DNS label, or several with dots. */
const SERVICE_NAME = /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/;
const LABEL = /^[a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?$/;
const SUBDOMAIN = /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/;
const LABEL_VALUE = /^([A-Za-z0-9]([A-Za-z0-9._-]{0,61}[A-Za-z0-9])?)?$/;
/** Pods get up to eleven characters more than their workload. */
const WORKLOAD_NAME = 52;

interface Pod {
  readonly containers: readonly {
    readonly env?: readonly { readonly name: string; readonly value?: string }[];
    readonly ports?: readonly { readonly name: string }[];
    readonly volumeMounts?: readonly { readonly name: string; readonly mountPath: string }[];
    readonly resources: Record<'requests' | 'limits', { readonly cpu: string; readonly memory: string }>;
  }[];
  readonly volumes?: readonly { readonly name: string }[];
}
interface Workload extends Manifest {
  readonly spec: {
    readonly template: { readonly spec: Pod };
    readonly volumeClaimTemplates?: readonly { readonly metadata: { readonly name: string } }[];
  };
}
const isWorkload = (object: Manifest): object is Workload =>
  ['Deployment', 'StatefulSet', 'Job'].includes(object.kind);
const repeated = (values: readonly string[]) => values.filter((value, at) => values.indexOf(value) !== at);

describe.each(renderings)('manifests of $name', ({ files }) => {
  const objects = objectsOf(files);

  it('are understood by the API, key by key', () => {
    expect(objects.length).toBeGreaterThan(20);
    expect(objects.flatMap(schemaErrors)).toEqual([]);
  });

  it('have names the API accepts, none of them twice', () => {
    for (const { kind, metadata } of objects) {
      expect(metadata.name, kind).toMatch(kind === 'Service' ? SERVICE_NAME : SUBDOMAIN);
      if (kind !== 'Namespace') expect(metadata.namespace, metadata.name).toBeDefined();
    }
    expect(repeated(objects.map(({ kind, metadata }) => `${kind} ${metadata.name}`))).toEqual([]);
    const values = [...JSON.stringify(objects).matchAll(/"(?:labels|matchLabels)":(\{[^}]*\})/g)].flatMap(
      ([, text]) => Object.values(JSON.parse(text ?? '{}') as Record<string, string>),
    );
    expect(values.filter((value) => !LABEL_VALUE.test(value))).toEqual([]);
  });

  it('make pods that can be scheduled and started', () => {
    for (const { metadata, spec } of objects.filter(isWorkload)) {
      const { name } = metadata;
      const { containers, volumes = [] } = spec.template.spec;
      const [container] = containers;
      const mounts = container?.volumeMounts ?? [];
      const sources = [
        ...volumes,
        ...(spec.volumeClaimTemplates ?? []).map((template) => template.metadata),
      ].map((volume) => volume.name);
      expect(name.length, name).toBeLessThanOrEqual(WORKLOAD_NAME);
      expect(repeated(mounts.map(({ mountPath }) => mountPath)), name).toEqual([]);
      expect(repeated(sources), name).toEqual([]);
      expect(mounts.map((mount) => mount.name).toSorted(), name).toEqual(sources.toSorted());
      for (const source of sources) expect(source).toMatch(LABEL);
      expect(repeated((container?.env ?? []).map((variable) => variable.name)), name).toEqual([]);
      expect((container?.ports ?? []).filter((port) => port.name.length > 15)).toEqual([]);
      expect(container?.resources.requests.cpu.endsWith('m'), name).toBe(true);
      for (const part of ['cpu', 'memory'] as const)
        expect(Number.parseInt(container?.resources.requests[part] ?? '', 10), name).toBeLessThanOrEqual(
          Number.parseInt(container?.resources.limits[part] ?? '', 10),
        );
    }
  });
});

describe('the description of the API', () => {
  const [deployment] = objectsOf(renderings[0]?.files ?? new Map()).filter(
    ({ kind }) => kind === 'Deployment',
  );
  const broken = (change: (text: string) => string): string[] =>
    schemaErrors(JSON.parse(change(JSON.stringify(deployment))));

  it('refuses a misspelt key, a value of another type and a missing one', () => {
    expect(broken((text) => text)).toEqual([]);
    const [misspelt] = broken((text) => text.replace('"readinessProbe"', '"readynessProbe"'));
    expect(misspelt).toContain('/spec/template/spec/containers/0/readynessProbe');
    expect(broken((text) => text.replace(/"replicas":\d+/, '"replicas":"three"'))).not.toEqual([]);
    expect(broken((text) => text.replace('"selector"', '"chooser"'))).not.toEqual([]);
  });

  it('refuses a status, which only the server writes', () => {
    expect(broken((text) => text.replace(/\}$/, ',"status":{"replicas":1}}'))).not.toEqual([]);
  });
});
