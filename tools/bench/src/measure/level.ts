/** Several sessions at the same time. */
export interface Level {
  readonly sessions: number;
  /** Of each of them. */
  readonly mib: number;
}

const LEVEL = /^(\d{1,4})[x×](\d{1,6})$/;

/** `1x1024,10x128`. @returns undefined when it is something else, or nothing would be recorded */
export function levelsIn(text: string): Level[] | undefined {
  const levels = text.split(',').map((part) => {
    const [, sessions, mib] = LEVEL.exec(part.trim()) ?? [];
    return { sessions: Number(sessions), mib: Number(mib) };
  });
  return levels.every(({ sessions, mib }) => sessions > 0 && mib > 0) ? levels : undefined;
}

export const levelName = ({ sessions, mib }: Level): string =>
  `${sessions} session${sessions === 1 ? '' : 's'} of ${mib} MiB`;
