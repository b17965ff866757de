import { setTimeout as sleep } from 'node:timers/promises';
import { resolvedImage, system } from '@lucid/deploy';
import { execa } from 'execa';
import type { Bench, Benchmark } from '../benchmark.ts';
import { type Figure, figure } from '../measure/figure.ts';
import { ratiosOf } from '../measure/statistics.ts';
import { timedAsync } from '../measure/timed.ts';
import { BenchSystem } from '../system/bench-system.ts';
import { startContainers } from '../system/container-stack.ts';
import { gatewayAddress } from '../system/gateway-address.ts';
import { memoryOf } from '../system/memory.ts';
import { DEV_CASES, LARGE_CASES, nameOf, type StackCase, whyNotHere } from '../system/stack-cases.ts';
import { swarmHost } from '../system/swarm-here.ts';
import { servicesOf } from '../system/watch.ts';

const MIB = 1024 * 1024;
const UNTIL_IDLE_MS = 5000;

interface Stack {
  readonly seconds: number;
  readonly instances: number;
  readonly bytes: number | undefined;
}

export const engines: Benchmark = {
  name: 'engines',
  summary:
    'up to healthy and memory of the whole stack, on every engine that is here and in several profiles',
  async run(bench) {
    const figures: Figure[] = [];
    for (const wanted of bench.quick ? DEV_CASES.slice(0, 1) : [...DEV_CASES, ...LARGE_CASES]) {
      const reason = await whyNotHere(wanted);
      if (reason) bench.note(`${nameOf(wanted)} was left out: ${reason}`);
      else
        figures.push(
          ...(await measured(bench, wanted).catch((error: Error) => {
            bench.note(`${nameOf(wanted)} failed: ${error.message}`);
            return [];
          })),
        );
    }
    bench.note(
      'images and bundles were there; memory some seconds later: resident of processes, `docker stats` of containers',
    );
    return figures;
  },
};

async function measured(bench: Bench, wanted: StackCase): Promise<Figure[]> {
  const name = nameOf(wanted);
  const rounds = wanted.engine === 'process' && wanted.profile === 'dev' && !bench.quick ? 3 : 1;
  const stacks: Stack[] = [];
  const bare: number[] = [];
  for (let round = 0; round < rounds; round++) {
    bench.say(`${name}, round ${round + 1} of ${rounds}`);
    const stack = await (wanted.engine === 'process' ? processes(bench, wanted) : containers(bench, wanted));
    stacks.push(stack);
    bare.push(await bareOnes(wanted, stack.instances));
    const memory = stack.bytes === undefined ? 'unknown memory' : `${Math.round(stack.bytes / MIB)} MiB`;
    bench.say(`${name}: ${stack.seconds.toFixed(1)} s, ${stack.instances} instances, ${memory}`);
  }
  const count = stacks[0]?.instances ?? 0;
  const seconds = stacks.map((stack) => stack.seconds);
  const sizes = stacks.flatMap(({ bytes }) => (bytes === undefined ? [] : [bytes / MIB]));
  if (sizes.length === 0) bench.note(`${name}: nobody tells the memory of its nodes`);
  const what = wanted.engine === 'process' ? 'processes' : 'containers';
  return [
    figure({ name: `${name}: up to healthy`, unit: 's', values: seconds }),
    figure({ name: `${count} bare ${what} at once`, unit: 's', kind: 'yardstick', values: bare }),
    figure({
      name: `${name}: time / bare ${what}`,
      unit: '×',
      kind: 'ratio',
      values: ratiosOf(seconds, bare),
    }),
    ...(sizes.length > 0
      ? [figure({ name: `${name}: memory of ${count}, idle`, unit: 'MiB', values: sizes })]
      : []),
  ];
}

async function processes(bench: Bench, { profile }: StackCase): Promise<Stack> {
  const home = bench.folder('engines');
  let stop = async (): Promise<void> => undefined;
  try {
    const started = await BenchSystem.start(
      { home, publish: await gatewayAddress(), profile, build: true },
      (stopIt) => {
        stop = bench.belongings.add(stopIt);
      },
    );
    await sleep(UNTIL_IDLE_MS);
    const services = await servicesOf(started);
    const sizes = services.map(({ pid }) => memoryOf(pid)?.rssBytes);
    const bytes = sizes.every((size) => size !== undefined)
      ? sizes.reduce((total, size) => total + size, 0)
      : undefined; // one that is unknown makes the sum unknown
    return { seconds: started.startSeconds, instances: services.length, bytes };
  } finally {
    await stop();
  }
}

async function containers(bench: Bench, wanted: StackCase): Promise<Stack> {
  const stack = await startContainers(bench, wanted);
  try {
    await sleep(UNTIL_IDLE_MS);
    return {
      seconds: stack.startSeconds,
      instances: stack.instances,
      bytes: await stack.memoryBytes(),
    };
  } finally {
    await stack.stop();
  }
}

/** What as many empty processes, or containers of our image, cost this machine at this moment. */
async function bareOnes({ engine }: StackCase, count: number): Promise<number> {
  const image = system.services.find((service) => service.cluster === 'gateway')?.image;
  if (!image) throw new Error('the model has no gateway');
  const host = engine === 'swarm' ? (await swarmHost()).host : undefined;
  const container = ['run', '--rm', '--network=none', '--entrypoint=/nodejs/bin/node'];
  const { wallSeconds } = await timedAsync(() =>
    Promise.all(
      Array.from({ length: count }, () =>
        engine === 'process'
          ? execa(process.execPath, ['-e', '0'])
          : execa('docker', [...container, resolvedImage(image, process.env), '-e', '0'], {
              env: host === undefined ? {} : { DOCKER_HOST: host },
            }),
      ),
    ),
  );
  return wallSeconds;
}
