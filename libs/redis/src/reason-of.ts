/**
 * Why Redis failed, fit for logs: what Node says about sockets and names, or the code of Redis' reply. The client's errors
 * carry the command with its arguments, and some replies quote them: passwords and keys. None of that is passed on.
 * @param otherwise for an error that says no more than that there is no connection
 */
export function reasonOf(error: unknown, otherwise = 'the connection is closed'): string {
  if (!(error instanceof Error)) return 'unknown failure';
  const { syscall } = error as NodeJS.ErrnoException;
  if (syscall !== undefined) return error.message;
  if (error.name === 'ReplyError') return `it answered ${/^[A-Z]+/.exec(error.message)?.[0] ?? 'an error'}`;
  const { lastNodeError } = error as { lastNodeError?: unknown };
  if (lastNodeError !== undefined) return `no node of the cluster answers: ${reasonOf(lastNodeError)}`;
  return error instanceof Unanswered ? error.message : otherwise;
}

/** Our own words about a server that is silent, or is not all there. */
export class Unanswered extends Error {}
