import { type BuiltImage, buildBase, buildImages, drawnServices, findApps } from '@lucid/deploy';
import { WORKSPACE_ROOT } from '@lucid/testing';
import { execa } from 'execa';
import { type Bench, type Benchmark, Skip } from '../benchmark.ts';
import { type Figure, figure } from '../measure/figure.ts';
import { ratiosOf } from '../measure/statistics.ts';
import { secondsSince } from '../measure/timed.ts';
import { docker, whyNoDocker } from '../system/docker.ts';

/** Names that nobody else uses: what is there under the usual ones stays as it is. */
const REGISTRY = 'lucid-bench';
const MB = 1_000_000;

export const images: Benchmark = {
  name: 'images',
  summary:
    'every image of ours from its bundle, without a cache: time, size, own layer; beside an empty build',
  async run(bench) {
    const reason = await whyNoDocker();
    if (reason) throw new Skip(reason);
    await bundle(bench);
    const apps = findApps(WORKSPACE_ROOT).slice(0, bench.quick ? 2 : undefined);
    const options = {
      root: WORKSPACE_ROOT,
      services: drawnServices(),
      environment: { ...process.env, LUCID_REGISTRY: REGISTRY },
      cache: false,
      push: false,
      tell: bench.say,
    };
    const base = await buildBase({ ...options, apps: [], cache: true });
    const remove = bench.belongings.add(removeImages);
    const built = new Map<string, BuiltImage[]>();
    const empty: number[] = [];
    for (let round = 0; round < (bench.quick ? 1 : 3); round++) {
      bench.say(`round ${round + 1}: ${apps.length} images`);
      for (const image of await buildImages({ ...options, apps }))
        built.set(image.app, [...(built.get(image.app) ?? []), image]);
      empty.push(await emptyBuild(base.reference));
    }
    await remove();
    bench.note(
      `base ${base.reference}: ${(base.sizeBytes / MB).toFixed(0)} MB, once for all; sizes are Docker’s`,
    );
    bench.note('yardstick: `docker build --no-cache` of the same base and one label; bundles were there');
    return [...[...built.values()].flatMap(figuresOf), ...totals([...built.values()], empty)];
  },
};

/** As `nx run <app>:image` sees to it first; costs nothing where nothing has changed. */
async function bundle(bench: Bench): Promise<void> {
  bench.say('building bundles that have changed');
  const nx = execa('npx', ['nx', 'run-many', '-t', 'build', '-p', 'tag:kind:app'], { cwd: WORKSPACE_ROOT });
  const end = bench.belongings.add(() => void nx.kill());
  await nx;
  await end();
}

function figuresOf(rounds: readonly BuiltImage[]): Figure[] {
  const [first] = rounds;
  if (!first) return [];
  const { app, image, base } = first;
  const name = app.split('/').at(-1) ?? app;
  return [
    figure({ name: `${name}: build`, unit: 's', values: rounds.map(({ elapsedMs }) => elapsedMs / 1000) }),
    figure({ name: `${name}: size`, unit: 'MB', values: [image.sizeBytes / MB] }),
    figure({ name: `${name}: own layer`, unit: 'MB', values: [(image.sizeBytes - base.sizeBytes) / MB] }),
  ];
}

function totals(built: readonly (readonly BuiltImage[])[], empty: readonly number[]): Figure[] {
  const means = empty.map(
    (_, round) => built.reduce((sum, rounds) => sum + (rounds[round]?.elapsedMs ?? Number.NaN), 0) / 1000,
  );
  const own = built.reduce((sum, [one]) => sum + (one ? one.image.sizeBytes - one.base.sizeBytes : 0), 0);
  const each = means.map((seconds) => seconds / built.length);
  return [
    figure({ name: `all ${built.length}: build, one after the other`, unit: 's', values: means }),
    figure({ name: `all ${built.length}: own layers`, unit: 'MB', values: [own / MB] }),
    figure({ name: 'empty build', unit: 's', kind: 'yardstick', values: empty }),
    figure({ name: 'one image / empty build', unit: '×', kind: 'ratio', values: ratiosOf(each, empty) }),
  ];
}

async function emptyBuild(base: string): Promise<number> {
  const startedMs = performance.now();
  await execa('docker', ['build', '--no-cache', '--quiet', '--tag', `${REGISTRY}/empty`, '-'], {
    input: `FROM ${base}\nLABEL lucid.bench=1\n`,
  });
  return secondsSince(startedMs);
}

/** Names and what only they hold; layers that others share stay. */
async function removeImages(): Promise<void> {
  const wanted = ['--filter', `reference=${REGISTRY}/*`, '--format', '{{.Repository}}:{{.Tag}}'];
  const names = (await docker(['image', 'ls', ...wanted])).split('\n').filter((name) => name !== '');
  if (names.length > 0) await docker(['image', 'rm', ...names]);
}
