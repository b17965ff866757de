import type { Bench, Benchmark } from '../benchmark.ts';
import { type Figure, figure } from '../measure/figure.ts';
import type { BenchSystem } from '../system/bench-system.ts';
import { missingPrograms } from '../system/programs.ts';
import { type SeedCall, seedCalls } from '../system/seed-calls.ts';
import { callByCurl, callByFetch } from '../system/sequential-calls.ts';
import { OPEN_SYSTEM } from '../system/wishes.ts';

export const seedEndpoints: Benchmark = {
  name: 'seed-endpoints',
  summary:
    'the curl loops of the scaling guide: average response time and status of every endpoint they name',
  async run(bench) {
    const system = await bench.system(OPEN_SYSTEM);
    const missing = await missingPrograms(['curl']);
    if (missing.length > 0)
      bench.note('curl is missing here: fetch, which keeps its connection, took its place');
    bench.note(
      'each value is one request; the scripts print the average, which stands in the note of its line',
    );
    const figures: Figure[] = [];
    for (const call of seedCalls) figures.push(await measure(bench, system, call, missing.length === 0));
    return figures;
  },
};

async function measure(bench: Bench, system: BenchSystem, call: SeedCall, hasCurl: boolean): Promise<Figure> {
  const base = call.service === 'api-gateway' ? system.url : (await system.instance(call.service)).url;
  const times = bench.quick ? 5 : call.times;
  bench.say(`${call.method} ${call.service}${call.path}, ${times} times`);
  const { seconds, statuses } = await (hasCurl
    ? callByCurl(bench.belongings, base, call, times)
    : callByFetch(base, call, times));
  const average = seconds.reduce((sum, value) => sum + value, 0) / seconds.length;
  const seen = [...statuses].join(', ');
  bench.note(`${call.title}: Average response time: ${average.toFixed(6)} seconds (status ${seen})`);
  if (seen !== String(call.expectedStatus))
    throw new Error(`${call.method} ${call.path} answers ${seen}, not ${call.expectedStatus}`);
  return figure({
    name: `${call.method} ${call.service} ${call.path} → ${seen}`,
    unit: 'ms',
    values: seconds.map((value) => 1000 * value),
    note: `average ${(1000 * average).toFixed(3)} ms`,
  });
}
