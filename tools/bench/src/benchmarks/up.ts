import { rmSync } from 'node:fs';
import { setTimeout as sleep } from 'node:timers/promises';
import { execa } from 'execa';
import type { Bench, Benchmark } from '../benchmark.ts';
import { figure } from '../measure/figure.ts';
import { timedAsync } from '../measure/timed.ts';
import { BenchSystem } from '../system/bench-system.ts';
import { gatewayAddress } from '../system/gateway-address.ts';
import { memoryOf } from '../system/memory.ts';
import { servicesOf } from '../system/watch.ts';

const MIB = 1024 * 1024;
const UNTIL_IDLE_MS = 5000;

export const up: Benchmark = {
  name: 'up',
  summary: '`deploy up` from built until every service is ready, and the memory of all processes when idle',
  async run(bench) {
    const rounds = bench.quick ? 1 : 3;
    bench.say('building what has changed');
    await startOnce(bench, bench.folder('up'));
    const first: number[] = [];
    const again: number[] = [];
    const idleMib: number[] = [];
    const bare: number[] = [];
    let processes = 0;
    for (let round = 0; round < rounds; round++) {
      const home = bench.folder('up');
      const cold = await startOnce(bench, home);
      const warm = await startOnce(bench, home);
      first.push(cold.seconds);
      again.push(warm.seconds);
      if (warm.rssBytes !== undefined) idleMib.push(warm.rssBytes / MIB);
      processes = warm.processes;
      bare.push(await bareProcesses(processes));
      bench.say(
        `round ${round + 1} of ${rounds}: ${cold.seconds.toFixed(1)} s, again ${warm.seconds.toFixed(1)} s`,
      );
      rmSync(home, { recursive: true, force: true });
    }
    bench.note(`${processes} processes with the supervisor; again: in a home whose compile cache is warm`);
    return [
      figure({
        name: 'up to healthy, new home',
        unit: 's',
        values: first,
        target: { word: 'aim', atMost: 8 },
      }),
      figure({ name: 'up to healthy, again', unit: 's', values: again, target: { word: 'aim', atMost: 8 } }),
      figure({
        name: `${processes} bare node processes at once`,
        unit: 's',
        kind: 'yardstick',
        values: bare,
      }),
      ...(idleMib.length > 0
        ? [
            figure({
              name: 'memory of all processes, idle',
              unit: 'MiB',
              values: idleMib,
              target: { word: 'aim', atMost: 1229 },
            }),
          ]
        : []),
    ];
  },
};

async function startOnce(bench: Bench, home: string) {
  let stop = async (): Promise<void> => undefined;
  try {
    const system = await BenchSystem.start(
      { home, publish: await gatewayAddress(), build: true },
      (stopIt) => {
        stop = bench.belongings.add(stopIt);
      },
    );
    await sleep(UNTIL_IDLE_MS);
    const services = await servicesOf(system);
    const sizes = services.map(({ pid }) => memoryOf(pid)?.rssBytes);
    const rssBytes = sizes.every((size) => size !== undefined)
      ? sizes.reduce((total, size) => total + size, 0)
      : undefined; // one that is unknown makes the sum unknown
    return { seconds: system.startSeconds, processes: services.length, rssBytes };
  } finally {
    await stop();
  }
}

/** What as many empty processes cost this machine at this moment. */
async function bareProcesses(count: number): Promise<number> {
  const { wallSeconds } = await timedAsync(() =>
    Promise.all(Array.from({ length: count }, () => execa(process.execPath, ['-e', '0']))),
  );
  return wallSeconds;
}
