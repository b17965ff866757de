import { readdirSync } from 'node:fs';
import { join, relative } from 'node:path';
import { describe, expect, it } from 'vitest';
import { parseAllDocuments } from 'yaml';
import { images } from '../../src/model/images.ts';
import { composeSystem } from '../../src/profiles/compose-system.ts';
import { profiles } from '../../src/profiles/index.ts';
import { FOREIGN_STARTS } from '../../src/render/foreign-images.ts';
import { kubernetes } from '../../src/render/kubernetes/index.ts';
import { secretObjectName, splitReference } from '../../src/render/kubernetes/names.ts';
import { escapeDollars, unescapeDollars } from '../../src/render/kubernetes/write/expansion.ts';
import { system } from '../../src/system.ts';
import { fixture } from './kubernetes-fixture.ts';

const GOLDEN = join(import.meta.dirname, '../golden/kubernetes');
const rendering = kubernetes.render(fixture, { profile: 'autoscale' });

describe('the manifests of a small system', () => {
  it.each([...rendering.files.keys()])('are as they were: %s', async (path) => {
    await expect(rendering.files.get(path)).toMatchFileSnapshot(`../golden/kubernetes/${path}`);
  });

  it('lose what they always lost', async () => {
    const text = `${JSON.stringify(rendering.losses, null, 2)}\n`;
    await expect(text).toMatchFileSnapshot('../golden/kubernetes/losses.json');
  });

  it('are all the files there are', () => {
    const kept = readdirSync(GOLDEN, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map((entry) => relative(GOLDEN, join(entry.parentPath, entry.name)));
    expect(kept.toSorted()).toEqual([...rendering.files.keys(), 'losses.json'].toSorted());
  });

  it('are the same bytes for the same model, in the same order', () => {
    const again = kubernetes.render(structuredClone(fixture), { profile: 'autoscale' });
    expect([...again.files]).toEqual([...rendering.files]);
    expect(again.losses).toEqual(rendering.losses);
  });

  it('are the same data for readers of YAML 1.1 and 1.2', () => {
    for (const text of rendering.files.values()) {
      const [old, current] = (['1.1', '1.2'] as const).map((version) =>
        [...parseAllDocuments(text, { version })].map((document) => document.toJS() as unknown),
      );
      expect(old).toEqual(current);
    }
  });
});

describe('autoscalers', () => {
  const scalers = (profile: string) =>
    [...kubernetes.render(fixture, { profile }).files.values()].filter((text) =>
      text.includes('kind: HorizontalPodAutoscaler'),
    );

  it('are there in one profile only, and then nobody else names a number of replicas', () => {
    expect(scalers('scale')).toEqual([]);
    expect(scalers('autoscale')).toHaveLength(2);
    for (const text of scalers('autoscale')) expect(text).not.toMatch(/^ {2}replicas:/m);
  });
});

describe.each(Object.values(profiles))('the manifests of $name', (profile) => {
  const { files } = kubernetes.render(composeSystem(system, profile), { profile: profile.name });
  const everything = [...files.values()].join('\n');

  it('take no registry, cloud or kind of storage for granted', () => {
    expect(everything).not.toMatch(/storageClassName|type: LoadBalancer|kind: Ingress|imagePullSecrets/);
    expect(everything).not.toMatch(/imagePullPolicy: (?!IfNotPresent)/);
  });

  it('hold no secret, only its name', () => {
    expect(everything).not.toMatch(/kind: Secret\b|secretKeyRef|PRIVATE KEY|:\/\/[^\s/]*:[^\s/]*@/);
    const named = [...everything.matchAll(/^# {3}(\S+) -> \/run\/secrets\/(\S+)$/gm)];
    expect(named.length).toBeGreaterThan(10);
    for (const [, object, secret] of named) expect(object).toBe(secretObjectName(secret ?? ''));
    const mounted = new Set(
      [...everything.matchAll(/^ +name: (lucid-\S+)\n +items:/gm)].map(([, name]) => name),
    );
    expect(mounted).toEqual(new Set(named.map(([, object]) => object)));
  });

  it('give no two secrets one name', () => {
    const pairs = new Set([...everything.matchAll(/^# {3}(\S+) -> (\S+)$/gm)].map(([, a, b]) => `${a} ${b}`));
    expect(new Set([...pairs].map((pair) => pair.split(' ')[0])).size).toBe(pairs.size);
  });

  it('change the name of a job when they change the job', () => {
    const name = (env: Record<string, string>) => {
      const composed = composeSystem(system, profile);
      const services = composed.services.map((each) => (each.kind === 'job' ? { ...each, env } : each));
      const changed = kubernetes.render({ ...composed, services }, { profile: profile.name });
      return [...changed.files.values()].flatMap(
        (text) => /kind: Job\nmetadata:\n {2}name: (.*)/.exec(text)?.[1] ?? [],
      );
    };
    expect(name({ A: '1' })).toEqual(name({ A: '1' }));
    for (const job of name({ A: '1' })) expect(name({ A: '2' })).not.toContain(job);
  });
});

describe('other people’s images', () => {
  it('have all been looked at: which capabilities they need, and whose their volumes are', () => {
    for (const { reference } of Object.values(images))
      expect(Object.keys(FOREIGN_STARTS), reference).toContain(splitReference(reference).name);
  });

  it.each([
    ['mongo:7.0', 'mongo', '7.0'],
    ['registry:5000/a/b', 'registry:5000/a/b', 'latest'],
    ['registry:5000/a/b:v1', 'registry:5000/a/b', 'v1'],
  ])('have a name and a tag: %s', (reference, name, tag) => {
    expect(splitReference(reference)).toEqual({ name, tag });
  });
});

describe('dollars', () => {
  /** What the kubelet does: `$$` is a dollar, `$(NAME)` of a variable that is set its value. */
  const expanded = (text: string) =>
    text.replaceAll(/\$\$|\$\(HOME\)/g, (found) => (found === '$$' ? '$' : '/root'));

  it.each(['$(HOME)', '$$', '$5', '$$(HOME)', 'a$', '$(cat "$X")', '$$$', '^a$|$(b'])(
    'of %s come out of the kubelet as they went in',
    (text) => {
      expect(expanded(escapeDollars(text))).toBe(text);
      expect(unescapeDollars(escapeDollars(text))).toBe(text);
    },
  );
});
