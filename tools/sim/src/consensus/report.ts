// Results as people read them.

import type { SeedOutcome } from './run-seed.ts';
import type { Summary } from './run-seeds.ts';
import type { Scenario } from './scenario.ts';

export function summaryText(summary: Summary, seconds: number): string {
  const { seeds, blocks, steps, virtualHours, slowestRecoverySeconds, failures } = summary;
  const lines = [
    `${seeds} seeds in ${seconds.toFixed(1)} s (${(seeds / seconds).toFixed(1)} per second): ${blocks} blocks, ${steps} events, ` +
      `${virtualHours.toFixed(1)} virtual hours`,
    `slowest recovery after a heal: ${slowestRecoverySeconds.toFixed(1)} s of 240, or 480 where hosts are slow`,
    failures.length === 0 ? 'nothing was violated' : `${failures.length} seeds FAILED:`,
    ...failures.map(failureText),
  ];
  return lines.join('\n');
}

export function failureText({ seed, violation, scenario }: SeedOutcome): string {
  const again = `node tools/sim/src/main.ts consensus --seed ${seed} --validators ${scenario.validatorCount} --trace`;
  return `seed ${seed}: ${violation?.detail}\n  ${scenarioText(scenario)}\n  ${again}`;
}

export function scenarioText(scenario: Scenario): string {
  const { validatorCount, blockTimeMs, makesEmptyBlocks, maxSkewMs, maxDelayMs, loss, appetite } = scenario;
  const liars = [...scenario.liars].map(([index, habits]) => `n${index} (${[...habits].join(', ')})`);
  const faults = Object.entries(appetite).flatMap(([fault, weight]) => (weight > 0 ? [fault] : []));
  return [
    `${validatorCount} validators`,
    `a block every ${blockTimeMs / 1000} s${makesEmptyBlocks ? '' : ' when there is something in it'}`,
    `clocks ±${maxSkewMs / 1000} s`,
    `delay ≤ ${maxDelayMs} ms`,
    `loss ${loss * 100} %`,
    `faults: ${faults.join(', ') || 'none'}`,
    `liars: ${liars.join(', ') || 'none'}`,
  ].join(' · ');
}
