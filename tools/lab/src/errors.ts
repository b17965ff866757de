/** What can go wrong in the lab, by code. `exitCode` is what the command line ends with. */
const CATALOGUE = {
  CANNOT_RUN: { exitCode: 3 },
  BUILD_FAILED: { exitCode: 1 },
  START_FAILED: { exitCode: 1 },
  STOP_FAILED: { exitCode: 1 },
  DOCKER_FAILED: { exitCode: 1 },
  NOT_UP: { exitCode: 1 },
  BUSY: { exitCode: 1 },
  ALREADY_UP: { exitCode: 1 },
  USAGE: { exitCode: 2 },
  ABORTED: { exitCode: 130 },
} as const;

export type LabErrorCode = keyof typeof CATALOGUE;

/** The one error type of the lab: `message` is a line for people, `detail` the tail of a log. */
export class LabError extends Error {
  readonly code: LabErrorCode;
  readonly detail: string | undefined;

  constructor(code: LabErrorCode, message: string, detail?: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.name = 'LabError';
    this.code = code;
    this.detail = detail;
  }

  get exitCode(): number {
    return CATALOGUE[this.code].exitCode;
  }
}

/** Throws `ABORTED` once the signal has fired; called between steps and in waiting loops. */
export function throwIfAborted(signal: AbortSignal): void {
  if (signal.aborted) throw new LabError('ABORTED', 'interrupted');
}
