import { Listr, ListrLogger, ProcessOutput } from 'listr2';

export interface Step {
  readonly title: string;
  run(note: (line: string) => void): Promise<void>;
}

/** Shows steps while it runs them one after the other; stops at the first that throws. */
export type Progress = (steps: readonly Step[]) => Promise<void>;

/** One line when a step begins, one when it is done; for logs and pipes. */
export function plainProgress(write: (line: string) => void): Progress {
  return async (steps) => {
    for (const step of steps) {
      const begin = performance.now();
      write(`${step.title} …`);
      await step.run((line) => write(`  ${line}`));
      write(`${step.title}: ${((performance.now() - begin) / 1000).toFixed(1)} s`);
    }
  };
}

/** Spinners on a terminal. Standard output is left alone: it carries the result. */
export function terminalProgress(stream: NodeJS.WriteStream): Progress {
  return async (steps) => {
    const logger = new ListrLogger<never>({ processOutput: new ProcessOutput(stream, stream) });
    const tasks = steps.map((step) => ({
      title: step.title,
      task: (_: unknown, task: { output: string }) =>
        step.run((line) => {
          task.output = line;
        }),
    }));
    await new Listr(tasks, { registerSignalListeners: false, rendererOptions: { logger } }).run();
  };
}

export function progressOn(stream: NodeJS.WriteStream): Progress {
  if (stream.isTTY) return terminalProgress(stream);
  return plainProgress((line) => stream.write(`${line}\n`));
}
