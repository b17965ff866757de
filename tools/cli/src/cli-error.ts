/** Exit codes below 10 say why a command could not do its work; 10 to 21 name the failed step of a verification. */
export const EXIT_CODE = {
  failed: 1,
  usage: 2,
  notSignedIn: 3,
  unreachable: 4,
  refused: 5,
  notFound: 6,
  interrupted: 130,
} as const;

/** A failure the user is told about in one line. */
export class CliError extends Error {
  override readonly name = 'CliError';
  readonly exitCode: number;
  /** What to do about it, printed after the message. */
  readonly hint: string | undefined;

  constructor(message: string, exitCode: number = EXIT_CODE.failed, hint?: string) {
    super(message);
    this.exitCode = exitCode;
    this.hint = hint;
  }
}
