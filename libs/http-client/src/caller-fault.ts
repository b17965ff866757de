/**
 * The call failed through its caller: a broken body stream, an impossible header. It says nothing about the upstream; the caller
 * gets the cause.
 */
export class CallerFault extends Error {
  constructor(cause: unknown) {
    super('the caller’s fault', { cause });
  }
}
