import { SingleBar } from 'cli-progress';

/** Where a command writes: results to standard output, the story and progress to standard error. */
export interface Output {
  /** True with `--json`: only the result is printed, as one JSON document. */
  json: boolean;
  /** The result. @param text what a person reads */
  result(value: unknown, text: string): void;
  /** A line of the story. */
  say(line: string): void;
  /** @param total in bytes; 0 when nobody knows */
  progress(total: number): Progress;
}

export interface Progress {
  update(value: number): void;
  stop(): void;
}

const MIB = 1024 * 1024;

export function createOutput({ json, quiet }: { json: boolean; quiet: boolean }): Output {
  const isSilent = json || quiet;
  return {
    json,
    result: (value, text) => process.stdout.write(json ? `${JSON.stringify(value, null, 2)}\n` : `${text}\n`),
    say: (line) => {
      if (!isSilent) process.stderr.write(`${line}\n`);
    },
    progress: (total) => (isSilent ? { update: () => undefined, stop: () => undefined } : progressOf(total)),
  };
}

const progressOf = (total: number): Progress => (process.stderr.isTTY ? bar(total) : plainLines(total));

function bar(total: number): Progress {
  const line = new SingleBar({
    format: '  {bar} {percentage}%  {done} of {size} MiB  {rate} MiB/s',
    clearOnComplete: false,
    hideCursor: true,
  });
  const startedMs = performance.now();
  const payload = (value: number) => ({
    done: (value / MIB).toFixed(0),
    size: (total / MIB).toFixed(0),
    rate: (value / MIB / Math.max(0.001, (performance.now() - startedMs) / 1000)).toFixed(0),
  });
  line.start(total, 0, payload(0));
  return { update: (value) => line.update(value, payload(value)), stop: () => line.stop() };
}

/** Without a terminal: a line for every tenth, none where nobody knows the whole. */
function plainLines(total: number): Progress {
  if (total === 0) return { update: () => undefined, stop: () => undefined };
  let printed = 0;
  return {
    update: (value) => {
      const tenth = Math.floor((10 * value) / total);
      if (tenth <= printed) return;
      printed = tenth;
      process.stderr.write(
        `  ${tenth * 10}%  ${(value / MIB).toFixed(0)} of ${(total / MIB).toFixed(0)} MiB\n`,
      );
    },
    stop: () => undefined,
  };
}

export const mib = (bytes: number): string => `${(bytes / MIB).toFixed(1)} MiB`;
