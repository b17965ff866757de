/**
 * What crash tests draw their moments from: the seeds of CRASH_SEEDS (comma-separated), else a new one. Says how to repeat
 * them, so that a failure can be looked into.
 */
export function crashSeeds(): string[] {
  const seeds = process.env.CRASH_SEEDS ?? String(Date.now());
  process.stdout.write(`crash seeds: ${seeds} (repeat with CRASH_SEEDS=${seeds})\n`);
  return seeds.split(',');
}
