import type { Service } from '../model/types.ts';
import { foreignProgram } from './facts/image-name.ts';
import { settingsText } from './facts/members.ts';
import type { Rule } from './rule.ts';

/** Node's own code, stacks and buffers beside the heap: an idle service of ours was measured to hold 140 MiB in all. */
const NODE_HEAD_ROOM_MIB = 96;
const UNITS_MIB = { k: 1 / 1024, m: 1, g: 1024 } as const;

/** How much memory a store is told to fill, and which part of its limit that may be. */
interface Appetite {
  readonly program: string;
  readonly setting: RegExp;
  readonly unit?: keyof typeof UNITS_MIB;
  readonly largestShare: number;
  readonly why: string;
}

const APPETITES: readonly Appetite[] = [
  {
    program: 'mongo',
    setting: /--wiredTigerCacheSizeGB[ =]([\d.]+)/,
    unit: 'g',
    largestShare: 0.5,
    why: 'connections, sorting and the file cache want the rest',
  },
  {
    program: 'redis',
    setting: /(?:--|^\s*)maxmemory[ =]+(\d+)([kmg])b?\b/im,
    largestShare: 0.8,
    why: 'forks and buffers want the rest',
  },
  {
    program: 'elasticsearch',
    setting: /-Xmx(\d+)([kmg])/i,
    largestShare: 0.5,
    why: 'the file cache wants as much as the heap',
  },
];

export const memoryFits: Rule = {
  name: 'memory-fits',
  because: 'a process that is allowed more than its container has is killed in the middle of its work',
  check: ({ services }) => services.filter(({ status }) => status === 'built').flatMap(tooLittle),
};

/** What one part has too little of. Numbers of planned parts are guesses still: they are noticed, not refused. */
export function tooLittle(service: Service): string[] {
  return service.image.ours ? heap(service) : store(service);
}

function heap({ name, memory, resources: { limits } }: Service): string[] {
  const needed = memory.heapMiB + NODE_HEAD_ROOM_MIB;
  return needed <= limits.memoryMiB
    ? []
    : [
        `${name} has a heap of ${memory.heapMiB} MiB, which wants a limit of ${needed}, not ${limits.memoryMiB}`,
      ];
}

function store(service: Service): string[] {
  const { name, resources } = service;
  const appetite = APPETITES.find(({ program }) => program === foreignProgram(service));
  if (!appetite) return [];
  const [, amount, unit = appetite.unit ?? 'm'] = appetite.setting.exec(settingsText(service)) ?? [];
  if (amount === undefined) return [];
  const wantedMiB = Number(amount) * UNITS_MIB[unit.toLowerCase() as keyof typeof UNITS_MIB];
  const mostMiB = resources.limits.memoryMiB * appetite.largestShare;
  return wantedMiB <= mostMiB
    ? []
    : [`${name} is told to fill ${wantedMiB} of ${resources.limits.memoryMiB} MiB: ${appetite.why}`];
}
