/** How a job can fail; the message is the one line an operator reads. Exit code 1 for all of them. */
export type InitErrorKey = 'REFUSED' | 'DEADLINE' | 'STEP_REFUSED' | 'INTERRUPTED';

export class InitError extends Error {
  override readonly name = 'InitError';
  readonly key: InitErrorKey;

  constructor(key: InitErrorKey, message: string, cause?: unknown) {
    super(message, cause === undefined ? undefined : { cause });
    this.key = key;
  }
}

export const errors = {
  /** The state of the servers is one that this job must not change by itself. */
  refused: (reason: string) => new InitError('REFUSED', reason),
  /** Time is up. @param waitingFor the last reason for waiting */
  deadline: (seconds: number, waitingFor: string) =>
    new InitError('DEADLINE', `not done within ${seconds} s: ${waitingFor}`),
  /** A server answered a step with an error that will not go away by itself. */
  stepRefused: (step: string, answer: string, cause?: unknown) =>
    new InitError('STEP_REFUSED', `${step}: the server refuses: ${answer}`, cause),
  /** Told to stop; the next run completes what this one began. */
  interrupted: (signal: string) =>
    new InitError('INTERRUPTED', `interrupted by ${signal}: run it again to finish`),
} as const;
