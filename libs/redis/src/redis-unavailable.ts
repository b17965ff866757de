/**
 * Redis did not do what was asked, for whatever reason: do it without. Says why in a word and carries nothing of the command,
 * whose arguments may be secret.
 */
export class RedisUnavailable extends Error {
  override readonly name = 'RedisUnavailable';

  constructor(reason: string) {
    super(`Redis is not available: ${reason}`);
  }
}
