import { join } from 'node:path';
import { type Benchmark, Skip } from '../benchmark.ts';
import { figure } from '../measure/figure.ts';
import { memoryOf } from '../system/memory.ts';
import { Person } from '../system/person.ts';
import { writeSessionFile } from '../system/session-file.ts';
import { watched } from '../system/watch.ts';
import { OPEN_SYSTEM } from '../system/wishes.ts';

const MIB = 1024 * 1024;
const CHUNK_BYTES = 10 * MIB;
/** What carries bytes: their memory may follow the chunks in flight, never the file. */
const CARRIERS = ['session-recorder', 'chunk-processor', 'session-storage', 'api-gateway'];

export const memory: Benchmark = {
  name: 'memory',
  summary: 'peak memory of every service during a recording of 256 MiB, and whether 1 GiB needs more',
  async run(bench) {
    if (!memoryOf(process.pid)) throw new Skip('only Linux tells the memory of other processes (/proc)');
    const [small, large] = bench.quick ? [32, 128] : [256, 1024];
    const folder = bench.folder('memory');
    const system = await bench.system(OPEN_SYSTEM);
    const person = await Person.join(bench.belongings, system.url, folder);
    const peaksOf = async (sizeMib: number) => {
      const file = join(folder, `${sizeMib}.bin`);
      await writeSessionFile(file, sizeMib * MIB);
      bench.say(`recording ${sizeMib} MiB`);
      const expected = { sizeBytes: sizeMib * MIB, chunks: Math.ceil((sizeMib * MIB) / CHUNK_BYTES) };
      const { observed } = await watched(system, expected, () => person.lucid(['record', file, '--json']));
      return observed.peakBytes;
    };
    await peaksOf(bench.quick ? 16 : 128); // heaps grow to their usual size first
    const [before, after] = [await peaksOf(small), await peaksOf(large)];
    bench.note(
      'peaks are VmHWM, begun anew before each recording; a ratio near 1 means: bounded by chunks in flight',
    );
    return [...after].flatMap(([name, peak]) => {
      const earlier = before.get(name) ?? Number.NaN;
      const peakFigure = figure({ name: `${name}, ${large} MiB`, unit: 'MiB', values: [peak / MIB] });
      if (!CARRIERS.includes(name)) return [peakFigure];
      const smallFigure = figure({ name: `${name}, ${small} MiB`, unit: 'MiB', values: [earlier / MIB] });
      const ratio = figure({
        name: `${name}, ${large} MiB / ${small} MiB`,
        unit: '×',
        kind: 'ratio',
        values: [peak / earlier],
        target: { word: 'bar', atMost: 1.25 },
      });
      return [smallFigure, peakFigure, ratio];
    });
  },
};
