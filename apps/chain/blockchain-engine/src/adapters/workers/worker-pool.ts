import type { Worker } from 'node:worker_threads';

/** What a thread is sent and sends back. A job that throws is an answer too: the thread lives on. */
export interface JobMessage<Job> {
  id: number;
  job: Job;
}
export type AnswerMessage<Answer> = { id: number; answer: Answer } | { id: number; error: string };

type Thread = Pick<Worker, 'postMessage' | 'on' | 'terminate'>;

export interface PoolOptions {
  /** Most threads; each is started when there is work that none is free for. */
  size: number;
  start: () => Thread;
  /** A thread has died; its job is done again by another, once. */
  onCrash: (error: Error) => void;
}

interface Task<Job, Answer> {
  id: number;
  job: Job;
  attempts: number;
  settle: PromiseWithResolvers<Answer>;
}

const MOST_ATTEMPTS = 2;

/**
 * Threads for work that would keep everybody else waiting, first come first served.
 * ```
 *  (none) ──start──▶ busy ──answer──▶ free ──job──▶ busy
 *                     └──crash──▶ gone      its job goes to the head of the line; after a second crash it fails
 * ```
 * Jobs must be safe to do twice, and what they carry must survive being sent: nothing is transferred.
 */
export class WorkerPool<Job, Answer> {
  readonly #options: PoolOptions;
  readonly #waiting: Task<Job, Answer>[] = [];
  readonly #free: Thread[] = [];
  readonly #busy = new Map<Thread, Task<Job, Answer>>();
  #nextId = 0;
  #closed: PromiseWithResolvers<void> | undefined;

  constructor(options: PoolOptions) {
    if (options.size < 1) throw new RangeError('a pool has at least one thread');
    this.#options = options;
  }

  get size(): number {
    return this.#options.size;
  }

  /** How many threads there are at the moment. */
  get threads(): number {
    return this.#free.length + this.#busy.size;
  }

  /** @throws Error what the job threw, or that its thread died twice, or that the pool is closed */
  run(job: Job): Promise<Answer> {
    if (this.#closed) return Promise.reject(new Error('the pool is closed'));
    const settle = Promise.withResolvers<Answer>();
    this.#waiting.push({ id: this.#nextId++, job, attempts: 0, settle });
    this.#next();
    return settle.promise;
  }

  /** Finishes what was asked for, then ends the threads. */
  async close(): Promise<void> {
    this.#closed ??= Promise.withResolvers<void>();
    if (this.#waiting.length === 0 && this.#busy.size === 0) this.#closed.resolve();
    await this.#closed.promise;
    await Promise.all(this.#free.splice(0).map((thread) => thread.terminate()));
  }

  #next(): void {
    while (this.#waiting.length > 0) {
      const thread = this.#free.pop() ?? (this.threads < this.#options.size ? this.#start() : undefined);
      if (!thread) return;
      const task = this.#waiting.shift();
      if (!task) return;
      task.attempts += 1;
      this.#busy.set(thread, task);
      thread.postMessage({ id: task.id, job: task.job } satisfies JobMessage<Job>);
    }
    if (this.#closed && this.#busy.size === 0) this.#closed.resolve();
  }

  #start(): Thread {
    const thread = this.#options.start();
    thread.on('message', (message: AnswerMessage<Answer>) => this.#answered(thread, message));
    thread.on('error', (error) =>
      this.#died(thread, error instanceof Error ? error : new Error(String(error))),
    );
    thread.on('exit', (code) => this.#died(thread, new Error(`a thread ended with code ${code}`)));
    return thread;
  }

  #answered(thread: Thread, message: AnswerMessage<Answer>): void {
    const task = this.#busy.get(thread);
    if (task?.id !== message.id) return; // of a life before this job
    this.#busy.delete(thread);
    this.#free.push(thread);
    if ('error' in message) task.settle.reject(new Error(message.error));
    else task.settle.resolve(message.answer);
    this.#next();
  }

  /** An error is followed by an exit; the second of the two finds nothing any more. */
  #died(thread: Thread, error: Error): void {
    const idle = this.#free.indexOf(thread);
    if (idle >= 0) this.#free.splice(idle, 1);
    const task = this.#busy.get(thread);
    if (idle < 0 && !task) return;
    this.#busy.delete(thread);
    this.#options.onCrash(error);
    if (task && task.attempts < MOST_ATTEMPTS) this.#waiting.unshift(task);
    else task?.settle.reject(error);
    this.#next();
  }
}
