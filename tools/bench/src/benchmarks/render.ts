import { composeSystem, filesOf, profiles, renderAll, system, targets } from '@lucid/deploy';
import { parseAllDocuments, stringify } from 'yaml';
import type { Benchmark } from '../benchmark.ts';
import { figure } from '../measure/figure.ts';
import { inRounds } from '../measure/rounds.ts';
import { ratiosOf } from '../measure/statistics.ts';
import type { Timed } from '../measure/timed.ts';

const KIB = 1024;

export const render: Benchmark = {
  name: 'render',
  summary:
    'every profile in every target, from the model to the text of all files, beside writing as much YAML',
  async run(bench) {
    const names = Object.keys(profiles);
    const composed = Object.values(profiles).map((profile) => composeSystem(system, profile));
    const files = filesOf(renderAll(system));
    const documents = yamlDocuments(files);
    const bytes = [...files.values()].reduce((sum, text) => sum + Buffer.byteLength(text), 0);
    bench.note(
      `${names.join(', ')} × ${targets.map(({ name }) => name).join(', ')}; nothing is written to disk`,
    );
    bench.note(
      `yardsticks: the same ${documents.length} YAML documents, as objects, written by yaml and as JSON`,
    );
    const measured = await inRounds(bench.quick ? 2 : 10, {
      all: () => filesOf(renderAll(system)),
      composing: () => Object.values(profiles).map((profile) => composeSystem(system, profile)),
      ...Object.fromEntries(
        targets.map((target) => [
          target.name,
          () => composed.map((each, at) => target.render(each, { profile: names[at] ?? '' })),
        ]),
      ),
      yaml: () => documents.map((each) => stringify(each)),
      json: () => documents.map((each) => JSON.stringify(each)),
    });
    const { all, composing, yaml, json } = measured;
    return [
      figure({ name: 'files', unit: 'files', values: [files.size] }),
      figure({ name: 'their text', unit: 'KiB', values: [bytes / KIB] }),
      figure({ name: 'every profile in every target', unit: 's', values: wallOf(all) }),
      figure({ name: '  composing the profiles, once', unit: 's', values: wallOf(composing) }),
      ...targets.map(({ name }) =>
        figure({
          name: `  ${name}, of every profile`,
          unit: 's',
          values: wallOf((measured as Record<string, Timed[]>)[name] ?? []),
        }),
      ),
      figure({ name: 'yaml.stringify', unit: 's', kind: 'yardstick', values: wallOf(yaml) }),
      figure({ name: 'JSON.stringify', unit: 's', kind: 'yardstick', values: wallOf(json) }),
      ...ratios(all, yaml),
    ];
  },
};

const wallOf = (measured: readonly Timed[]): number[] => measured.map(({ wallSeconds }) => wallSeconds);
const cpuOf = (measured: readonly Timed[]): number[] => measured.map(({ cpuSeconds }) => cpuSeconds);

function ratios(all: readonly Timed[], yaml: readonly Timed[]) {
  return [
    figure({
      name: 'time / yaml.stringify',
      unit: '×',
      kind: 'ratio',
      values: ratiosOf(wallOf(all), wallOf(yaml)),
    }),
    figure({
      name: 'CPU / yaml.stringify',
      unit: '×',
      kind: 'ratio',
      values: ratiosOf(cpuOf(all), cpuOf(yaml)),
    }),
  ];
}

/** What the files say, without the work of finding out what to say. */
function yamlDocuments(files: ReadonlyMap<string, string>): unknown[] {
  return [...files]
    .filter(([path]) => /\.ya?ml$/.test(path))
    .flatMap(([, text]) => parseAllDocuments(text).map((document) => document.toJS() as unknown));
}
