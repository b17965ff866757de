import { describe, expect, test } from 'vitest';
import { buildImage } from '../../src/images/build-image.ts';
import { imageManifest } from '../../src/images/image-manifest.ts';
import type { Recipe } from '../../src/images/recipe.ts';
import { builtTable } from '../../src/images/report.ts';
import { FakeDocker, image } from './support/fake-docker.ts';

const recipe: Recipe = {
  subject: {
    app: 'apps/tests/probe',
    short: 'probe',
    title: 'lucid-probe',
    kind: 'service',
    ports: [80, 81],
    defaults: {},
    mountPoints: [],
  },
  dockerfile: 'FROM scratch\n',
  layer: [Buffer.from('layer')],
  layerBytes: 5,
  version: '1',
  source: 'https://source.test',
};
const base = { reference: 'base:1', ...image('sha256:base') };
const names = { registry: 'registry.test', version: '1' };

const engine = () => {
  const docker = new FakeDocker();
  const build = (
    change: { recipe?: Partial<Recipe>; base?: typeof base; revision?: string; cache?: boolean } = {},
  ) =>
    buildImage({ ...recipe, ...change.recipe }, change.base ?? base, {
      docker,
      names,
      revision: change.revision ?? 'a',
      cache: change.cache ?? true,
    });
  return { docker, build };
};

describe('an image', () => {
  test('is built under the name that engines ask for, and tagged with the one for people', async () => {
    const { docker, build } = engine();
    const built = await build();
    expect(built).toMatchObject({ outcome: 'built', reference: 'registry.test/probe:1' });
    expect(docker.images.get('registry.test/probe:latest')?.id).toBe(built.image.id);
    expect(docker.builds[0]).toMatchObject({
      target: 'service',
      buildArguments: {
        BASE_IMAGE: 'base:1',
        PORTS: '80 81',
        TITLE: 'lucid-probe',
        VERSION: '1',
        REVISION: 'a',
        SOURCE: 'https://source.test',
      },
    });
  });

  test('is not built again for equal content, not even for another commit or a base made again', async () => {
    const { docker, build } = engine();
    const made = { ...base, labels: { 'io.github.hamigames.lucid.inputs': 'x' } };
    const first = await build({ base: made });
    const again = await build({ base: { ...made, id: 'sha256:other' }, revision: 'b' });
    expect(again).toMatchObject({ outcome: 'unchanged', image: first.image });
    expect(docker.builds).toHaveLength(1);
  });

  test.each([
    ['the content of its layer', { recipe: { layer: [Buffer.from('other')] } }],
    ['the recipe', { recipe: { dockerfile: 'FROM other\n' } }],
    ['the version', { recipe: { version: '2' } }],
    ['the base', { base: { ...base, id: 'sha256:new' } }],
    ['the ports', { recipe: { subject: { ...recipe.subject, ports: [] } } }],
    ['the wish to use no cache', { cache: false }],
  ])('is built again for %s', async (_what, change) => {
    const { docker, build } = engine();
    await build();
    expect(await build(change)).toMatchObject({ outcome: 'built' });
    expect(docker.builds).toHaveLength(2);
  });

  test('is built again when the engine has lost it', async () => {
    const { docker, build } = engine();
    await build();
    docker.images.clear();
    expect(await build()).toMatchObject({ outcome: 'built' });
  });

  test('of a job has no ports and another target', async () => {
    const { docker, build } = engine();
    await build({ recipe: { subject: { ...recipe.subject, kind: 'job', ports: [] } } });
    expect(docker.builds[0]).toMatchObject({ target: 'job', buildArguments: { BASE_IMAGE: 'base:1' } });
    expect(docker.builds[0]?.buildArguments).not.toHaveProperty('PORTS');
  });
});

test('an image is told in a manifest and in a table', async () => {
  const built = { ...(await engine().build()), image: image('sha256:me'), elapsedMs: 1_234 };
  const shown = {
    ...built,
    image: { ...built.image, sizeBytes: 137_700_000 },
    base: { ...base, sizeBytes: 132_900_000 },
  };
  expect(imageManifest(shown)).toEqual({
    reference: 'registry.test/probe:1',
    imageId: 'sha256:me',
    sizeBytes: 137_700_000,
    layers: ['sha256:me'],
    base: 'base:1',
  });
  expect(builtTable([shown])).toMatch(/registry\.test\/probe:1 +137\.7 MB +4\.8 MB +1\.2 s +built/);
});
