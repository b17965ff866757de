/** Shows a start as it happens: a live list on a terminal, one line per event elsewhere, nothing for machines. */
import { Listr } from 'listr2';
import type { EngineEvent, EngineListener, InstanceState, PlannedInstance } from '../engines/engine.ts';
import { describeEvent } from '../engines/process/log-files.ts';
import type { Terminal } from './terminal.ts';

export interface Progress {
  readonly listener: EngineListener;
  /** Leaves the terminal clean for what is printed next. @param failed the start did not succeed */
  finish(failed: boolean): Promise<void>;
}

export function showProgress(terminal: Terminal, startedAtMs = performance.now()): Progress {
  if (terminal.json) return { listener: () => {}, finish: async () => {} };
  return terminal.interactive ? new LiveProgress(terminal) : plainProgress(terminal, startedAtMs);
}

function plainProgress(terminal: Terminal, startedAtMs: number): Progress {
  return {
    listener: (event) => {
      const line = interesting(event) ? describeEvent(event) : undefined;
      const seconds = ((performance.now() - startedAtMs) / 1_000).toFixed(1).padStart(5);
      if (line) terminal.line(`[${seconds} s] ${line}`);
    },
    finish: async () => {},
  };
}

/** States that pass at once say nothing to a reader of a log. */
function interesting(event: EngineEvent): boolean {
  if (event.type === 'instance') return event.state !== 'starting' && event.state !== 'stopping';
  if (event.type === 'step') return !event.done && event.detail !== undefined;
  return event.type === 'notice';
}

const OVER: readonly InstanceState[] = ['ready', 'failed', 'stopped'];

interface Row {
  /** It is well when it has ended. */
  readonly job: boolean;
  readonly done: PromiseWithResolvers<void>;
  output: (text: string) => void;
}

/** Rows are made when the plan is known; before that, and after the list is done, lines are printed. */
class LiveProgress implements Progress {
  readonly #terminal: Terminal;
  readonly #rows = new Map<string, Row>();
  #run: Promise<unknown> | undefined;
  #notices: string[] = [];

  constructor(terminal: Terminal) {
    this.#terminal = terminal;
  }

  readonly listener: EngineListener = (event) => {
    if (event.type === 'plan') return this.#draw(event.instances);
    if (event.type === 'instance') return this.#update(event.id, event.state, event.detail);
    if (event.type === 'notice') this.#say(event.message);
    if (event.type === 'step' && !event.done && event.detail) this.#say(`${event.step}: ${event.detail}`);
  };

  async finish(failed: boolean): Promise<void> {
    for (const row of this.#rows.values()) {
      if (failed) row.done.reject(new Error('not started'));
      else row.done.resolve();
    }
    await this.#run;
    for (const notice of this.#notices.splice(0)) this.#terminal.line(notice);
    this.#run = undefined;
    this.#rows.clear();
  }

  #draw(instances: readonly PlannedInstance[]): void {
    const tasks = instances.map(({ id, job }) => {
      const row: Row = { job, done: Promise.withResolvers<void>(), output: () => {} };
      row.done.promise.catch(() => {}); // the list shows it
      this.#rows.set(id, row);
      return {
        title: id,
        task: (_: unknown, task: { title: string; output: string }) => {
          row.output = (text) => {
            task.title = `${id} ${text}`;
          };
          return row.done.promise;
        },
      };
    });
    const list = new Listr(tasks, {
      concurrent: true,
      exitOnError: false,
      registerSignalListeners: false, // Ctrl-C is the engine's business: it stops what runs
      rendererOptions: { showErrorMessage: false, collapseErrors: false },
    });
    this.#run = list.run();
  }

  #update(id: string, state: InstanceState, detail: string | undefined): void {
    const row = this.#rows.get(id);
    const text = `${state}${detail ? ` (${detail})` : ''}`;
    if (!row) {
      this.#say(`${id} ${text}`);
      return;
    }
    row.output(text);
    if (state === (row.job ? 'stopped' : 'ready')) row.done.resolve();
    else if (OVER.includes(state)) row.done.reject(new Error(detail ?? state));
  }

  /** The list owns the screen while it runs; what is said meanwhile follows it. */
  #say(text: string): void {
    if (this.#run) this.#notices.push(text);
    else this.#terminal.line(text);
  }
}
