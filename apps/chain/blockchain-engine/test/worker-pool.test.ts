import { EventEmitter } from 'node:events';
import { Worker } from 'node:worker_threads';
import { expect, test } from 'vitest';
import { type JobMessage, WorkerPool } from '../src/adapters/workers/worker-pool.ts';

/** A thread in this process that does what the test says. */
class ScriptedThread extends EventEmitter {
  isTerminated = false;
  readonly #onJob: (thread: ScriptedThread, message: JobMessage<string>) => void;
  constructor(onJob: (thread: ScriptedThread, message: JobMessage<string>) => void) {
    super();
    this.#onJob = onJob;
  }
  postMessage(message: JobMessage<string>): void {
    setImmediate(() => this.#onJob(this, message));
  }
  terminate(): Promise<number> {
    this.isTerminated = true;
    return Promise.resolve(0);
  }
}

function poolOf(size: number, onJob: (thread: ScriptedThread, message: JobMessage<string>) => void) {
  const threads: ScriptedThread[] = [];
  const crashes: Error[] = [];
  const pool = new WorkerPool<string, string>({
    size,
    start: () => {
      const thread = new ScriptedThread(onJob);
      threads.push(thread);
      return thread as unknown as Worker;
    },
    onCrash: (error) => crashes.push(error),
  });
  return { pool, threads, crashes };
}

const echo = (thread: ScriptedThread, { id, job }: JobMessage<string>) =>
  thread.emit('message', { id, answer: `did ${job}` });

test('starts threads when there is work, never more than its size, and answers each job', async () => {
  const { pool, threads } = poolOf(2, echo);
  expect(pool.threads).toBe(0);
  const answers = await Promise.all(['a', 'b', 'c', 'd', 'e'].map((job) => pool.run(job)));
  expect(answers).toEqual(['did a', 'did b', 'did c', 'did d', 'did e']);
  expect(threads).toHaveLength(2);
});

test('a thread that dies is replaced and its job is done again, ahead of those that wait', async () => {
  const done: string[] = [];
  let deaths = 0;
  const { pool, threads, crashes } = poolOf(1, (thread, message) => {
    if (message.job === 'deadly' && deaths++ === 0) {
      thread.emit('error', new Error('out of memory'));
      thread.emit('exit', 1);
      return;
    }
    done.push(message.job);
    echo(thread, message);
  });
  const answers = await Promise.all([pool.run('deadly'), pool.run('next')]);
  expect([answers, done]).toEqual([
    ['did deadly', 'did next'],
    ['deadly', 'next'],
  ]);
  expect([threads.length, crashes.map(({ message }) => message)]).toEqual([2, ['out of memory']]);
});

test('a job that kills two threads fails, and the pool goes on', async () => {
  const { pool, threads, crashes } = poolOf(1, (thread, message) =>
    message.job === 'deadly' ? thread.emit('exit', 9) : echo(thread, message),
  );
  await expect(pool.run('deadly')).rejects.toThrow('code 9');
  expect(await pool.run('fine')).toBe('did fine');
  expect([threads.length, crashes.length]).toEqual([3, 2]);
});

test('a job that throws fails alone: its thread lives on', async () => {
  const { pool, threads } = poolOf(1, (thread, { id, job }) =>
    job === 'bad' ? thread.emit('message', { id, error: 'no such thing' }) : echo(thread, { id, job }),
  );
  await expect(pool.run('bad')).rejects.toThrow('no such thing');
  expect(await pool.run('good')).toBe('did good');
  expect(threads).toHaveLength(1);
});

test('closing finishes what was asked for, ends every thread and refuses more', async () => {
  const { pool, threads } = poolOf(2, echo);
  const asked = ['a', 'b', 'c', 'd'].map((job) => pool.run(job));
  const closing = pool.close();
  await expect(pool.run('late')).rejects.toThrow('closed');
  expect(await Promise.all(asked)).toHaveLength(4);
  await closing;
  expect(threads.every(({ isTerminated }) => isTerminated)).toBe(true);
  await pool.close();
});

test('a real thread that ends itself in the middle of a job is replaced by a real one', async () => {
  const source = `
    const { parentPort, workerData } = require('node:worker_threads');
    const seen = new Int32Array(workerData);
    parentPort.on('message', ({ id, job }) => {
      if (job === 'deadly' && Atomics.add(seen, 0, 1) === 0) process.exit(3);
      parentPort.postMessage({ id, answer: 'did ' + job });
    });`;
  const seen = new SharedArrayBuffer(4);
  const crashes: string[] = [];
  const pool = new WorkerPool<string, string>({
    size: 1,
    start: () => new Worker(source, { eval: true, workerData: seen }),
    onCrash: ({ message }) => crashes.push(message),
  });
  expect(await Promise.all([pool.run('deadly'), pool.run('next')])).toEqual(['did deadly', 'did next']);
  expect(crashes).toEqual(['a thread ended with code 3']);
  await pool.close();
  expect(pool.threads).toBe(0);
});
