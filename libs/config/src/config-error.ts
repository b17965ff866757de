/** Every problem of a configuration at once; names, never values. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  readonly problems: readonly string[];

  constructor(service: string, problems: readonly string[]) {
    super(`${service} cannot start: ${problems.join('; ')}`);
    this.problems = problems;
  }
}
