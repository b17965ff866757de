import { join } from 'node:path';
import type { Bench } from '../benchmark.ts';
import { Person } from './person.ts';
import { writeSessionFile } from './session-file.ts';

const MIB = 1024 * 1024;

export interface SharedLoad {
  readonly people: number;
  readonly sizeMib: number;
}

/** What it is, in words for a report. */
export const loadText = ({ people, sizeMib }: SharedLoad): string =>
  `${people} people at once, each of whom signs up, records ${sizeMib} MiB and downloads it`;

/** Several people at once sign up, record the same bytes and download what was recorded. @throws when one of them fails */
export async function recordTogether(bench: Bench, url: string, load: SharedLoad): Promise<void> {
  const folder = bench.folder('together');
  const file = join(folder, 'session.bin');
  await writeSessionFile(file, load.sizeMib * MIB);
  const works = Array.from({ length: load.people }, async (_, at) => {
    const own = bench.folder('person');
    const person = await Person.join(bench.belongings, url, own);
    const { stdout } = await person.lucid(['record', file, '--json']);
    const { session_id, status } = JSON.parse(stdout) as { session_id: string; status: string };
    if (status !== 'completed') throw new Error(`the session of person ${at + 1} is ${status}`);
    await person.lucid(['download', session_id, '-o', join(own, 'downloaded.bin'), '--quiet']);
  });
  await Promise.all(works);
}
