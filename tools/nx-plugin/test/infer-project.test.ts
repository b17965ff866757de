import { describe, expect, test } from 'vitest';
import { inferProject, inferTags } from '../src/infer-project.ts';

const targetsOf = (root: string, files: string[]): string[] =>
  Object.keys(inferProject(root, files).targets ?? {}).sort();

describe('targets follow from the files a folder holds', () => {
  test('a service gets build, image, lint, serve, test and typecheck', () => {
    const files = ['package.json', 'src/main.ts', 'test/app.test.ts'];
    expect(targetsOf('apps/sessions/session-api', files)).toEqual([
      'build',
      'image',
      'lint',
      'serve',
      'test',
      'typecheck',
    ]);
  });

  test('a library is never built or served', () => {
    expect(targetsOf('libs/merkle', ['package.json', 'src/index.ts', 'test/merkle.test.ts'])).toEqual([
      'lint',
      'test',
      'typecheck',
    ]);
  });

  test('no tests, no test target; no sources, nothing to type-check', () => {
    expect(targetsOf('libs/merkle', ['package.json', 'src/index.ts'])).toEqual(['lint', 'typecheck']);
    expect(targetsOf('libs/merkle', ['package.json'])).toEqual(['lint']);
  });

  test('files that start the whole system make a target of their own that runs alone', () => {
    const targets = inferProject('tools/e2e', ['src/index.ts', 'test/recording.e2e.test.ts']).targets ?? {};
    expect(Object.keys(targets)).not.toContain('test');
    expect(targets.e2e?.parallelism).toBe(false);
  });

  test('the command-line tool is bundled but has no image, other tools are not', () => {
    expect(targetsOf('tools/cli', ['src/main.ts'])).toContain('build');
    expect(targetsOf('tools/cli', ['src/main.ts'])).not.toContain('image');
    expect(targetsOf('tools/bench', ['src/main.ts'])).not.toContain('build');
  });
});

describe('caching', () => {
  const project = inferProject('apps/sessions/session-api', ['src/main.ts', 'test/app.test.ts']);

  test('a bundle depends on production sources only, so editing a test rebuilds nothing', () => {
    expect(project.targets?.build?.inputs).toContain('production');
    expect(project.targets?.build?.inputs).not.toContain('default');
  });

  test('tests and types depend on the production sources of what they import', () => {
    for (const target of ['test', 'typecheck'])
      expect(project.targets?.[target]?.inputs).toContain('^production');
  });

  test('a bundle is its two files, so that what others leave beside it is no part of it', () => {
    expect(project.targets?.build?.outputs).toEqual([
      '{projectRoot}/dist/main.js',
      '{projectRoot}/dist/main.js.map',
    ]);
  });

  test('an image is made of the bundle on a base that is seen to once, and never taken from a cache', () => {
    expect(project.targets?.image).toMatchObject({
      cache: false,
      dependsOn: ['build', { projects: ['deploy'], target: 'base-image' }],
    });
    expect(inferProject('deploy', ['images/build.mjs']).targets?.['base-image']?.cache).toBe(false);
  });

  test('a running service is never cached', () => {
    expect(project.targets?.serve).toMatchObject({ cache: false, continuous: true });
  });
});

describe('tags', () => {
  test.each([
    ['apps/sessions/session-api', ['kind:app', 'cluster:sessions', 'plane:ops']],
    ['apps/chain/blockchain-engine', ['kind:app', 'cluster:chain', 'plane:chain']],
    ['apps/tron/tron-client', ['kind:app', 'cluster:tron', 'plane:wallet']],
    ['libs/merkle', ['kind:lib']],
    ['libs/tron-address', ['kind:lib', 'plane:wallet']],
    ['tools/cli', ['kind:tool']],
    ['deploy', ['kind:deploy']],
  ])('%s', (root, tags) => expect(inferTags(root)).toEqual(tags));
});
