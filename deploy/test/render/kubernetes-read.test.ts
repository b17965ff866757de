import { describe, expect, it } from 'vitest';
import { composeSystem } from '../../src/profiles/compose-system.ts';
import { profiles } from '../../src/profiles/index.ts';
import { canonicalOf } from '../../src/render/canonical-of.ts';
import { differencesBetween, unfounded, untold } from '../../src/render/equivalence.ts';
import { kubernetes } from '../../src/render/kubernetes/index.ts';
import type { Rendering } from '../../src/render/renderer.ts';
import { system } from '../../src/system.ts';
import { fixture } from './kubernetes-fixture.ts';

const subjects = [
  ...Object.values(profiles).map((profile) => ({ name: profile.name, of: composeSystem(system, profile) })),
  { name: 'fixture', of: fixture },
];

/** Reads a rendering with one file changed, and tells what is now different and told by no loss. */
function after({ files, losses }: Rendering, path: string, change: (text: string) => string): string[] {
  const before = files.get(path);
  if (before === undefined) throw new Error(`no file ${path}`);
  const text = change(before);
  expect(text, 'the change changes something').not.toBe(before);
  const read = kubernetes.parse(new Map([...files, [path, text]]));
  return untold(differencesBetween(canonicalOf(fixture), read), losses).map(
    ({ service, field }) => `${service} ${field}`,
  );
}

describe.each(subjects)('manifests of $name, read back', ({ name, of }) => {
  const { files, losses } = kubernetes.render(of, { profile: name });
  const differences = differencesBetween(canonicalOf(of), kubernetes.parse(files));

  it('mean what the model means, but for what is told', () => {
    expect(untold(differences, losses)).toEqual([]);
  });

  it('are not excused for what they can say', () => {
    expect(unfounded(differences, losses)).toEqual([]);
  });
});

describe('reading', () => {
  const rendering = kubernetes.render(fixture, { profile: 'autoscale' });
  const keeper = 'services/sample-keeper.yaml';
  const door = 'services/sample-door.yaml';
  const replaced = (path: string, from: string | RegExp, to: string) =>
    after(rendering, path, (text) => text.replace(from, to));

  it.each([
    [keeper, 'memory: 512Mi', 'memory: 768Mi', 'sample-keeper limits.memoryMiB'],
    [keeper, '/sample-keeper:latest', '/sample-loser:latest', 'sample-keeper image'],
    [keeper, /value: "off"/, 'value: "on"', 'sample-keeper env.MODE'],
    [keeper, /failureThreshold: 65/, 'failureThreshold: 66', 'sample-keeper probe.startPeriodSeconds'],
    [keeper, 'minReplicas: 2', 'minReplicas: 1', 'sample-keeper scale.min'],
    [keeper, 'runAsUser: 65534', 'runAsUser: 0', 'sample-keeper user'],
    [keeper, 'readOnlyRootFilesystem: true', 'readOnlyRootFilesystem: false', 'sample-keeper readOnlyRoot'],
    [keeper, 'averageUtilization: 60', 'averageUtilization: 61', 'sample-keeper scale.cpuPercent'],
    [keeper, 'averageUtilization: 75', 'averageUtilization: 76', 'sample-keeper scale.memoryPercent'],
    [keeper, 'mountPath: /tmp', 'mountPath: /temp', 'sample-keeper writable'],
    [keeper, 'storage: 2Gi', 'storage: 20Gi', 'sample-keeper volumeSizes'],
    ['services/sample-shelf.yaml', 'storage: 3Gi', 'storage: 1Gi', 'sample-shelf volumeSizes'],
    [door, 'maxSurge: 1', 'maxSurge: 2', 'sample-door update.parallelism'],
    [
      door,
      'terminationGracePeriodSeconds: 30',
      'terminationGracePeriodSeconds: 5',
      'sample-door stopGraceSeconds',
    ],
    [
      door,
      'lucid.network/sample-network: "true"',
      'lucid.network/sample-vault: "true"',
      'sample-door networks',
    ],
    ['network-policies.yaml', '- sample-door\n', '- sample-edge\n', '* edges'],
    ['kustomization.yaml', 'newTag: 7.2-alpine', 'newTag: "8.0"', 'sample-store-1 image'],
  ])('sees a change in %s: %s', (path, from, to, expected) => {
    expect(replaced(path, from, to)).toContain(expected);
  });

  it.each([
    [
      keeper,
      'serviceAccountName:',
      'hostNetwork: true\n      serviceAccountName:',
      /unknown|additional|false/,
    ],
    [keeper, 'allowPrivilegeEscalation: false', 'allowPrivilegeEscalation: true', /allowPrivilegeEscalation/],
    [keeper, 'kind: StatefulSet', 'kind: DaemonSet', /unknown kind DaemonSet/],
    [keeper, 'clusterIP: None', 'type: ClusterIP', /sample-keeper: no headless Service leads to 8084/],
    [keeper, 'fieldPath: status.podIP', 'fieldPath: status.hostIP', /POD_IP is not of the pod/],
    [
      keeper,
      'name: lucid-signing-key',
      'name: lucid-other-key',
      /signing-key: is not the content of lucid-other-key/,
    ],
    [
      keeper,
      'mountPath: /data/own',
      'mountPath: /data/own\n          mountPropagation: None',
      /additional|false/,
    ],
    [
      'services/sample-shelf.yaml',
      'claimName: sample-shelf-data',
      'claimName: other',
      /other: nobody claims this volume/,
    ],
    ['services/sample-store-1.yaml', 'subPath: store.conf', 'subPath: other.conf', /no other.conf in/],
    ['kustomization.yaml', '- services/sample-door.yaml\n', '', /does not list services\/sample-door.yaml/],
    ['kustomization.yaml', '- namespace.yaml', '- elsewhere.yaml', /namespace.yaml/],
    [keeper, 'kind: StatefulSet', 'kind: [', /services\/sample-keeper.yaml/],
  ])('refuses in %s: %s → %s', (path, from, to, message) => {
    expect(() => replaced(path, from, to)).toThrow(message);
  });

  it('sees that an object is gone', () => {
    const files = new Map([...rendering.files].filter(([path]) => path !== 'aliases.yaml'));
    const list = (files.get('kustomization.yaml') ?? '').replace('- aliases.yaml\n', '');
    expect(() => kubernetes.parse(files.set('kustomization.yaml', list))).toThrow(
      /the-shelf: no headless Service/,
    );
  });
});
