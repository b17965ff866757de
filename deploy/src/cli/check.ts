import { DeployError } from '../errors.ts';
import { filesOf, type Rendered, renderAll } from '../render/all-targets.ts';
import { canonicalOf } from '../render/canonical-of.ts';
import { differencesBetween, unfounded, untold } from '../render/equivalence.ts';
import { problemsOf, rules } from '../rules/index.ts';
import { system } from '../system.ts';
import { driftOf } from './generate.ts';
import type { Terminal } from './terminal.ts';

/** One finding, led by what found it. */
export interface Finding {
  readonly check: 'rules' | 'drift' | 'equivalence' | 'losses';
  readonly where: string;
  readonly problem: string;
}

/**
 * `check`: rules over every profile, generated files byte by byte, the meaning of every target against the model, and
 * losses that are told although nothing is lost. Prints each finding, fails when there is one.
 */
export function check(generated: string, terminal: Terminal): void {
  const rendered = renderAll(system);
  const findings = findingsOf(rendered, generated);
  for (const { profile, target, system: composed, rendering } of rendered) {
    const built = composed.services.filter(({ status }) => status === 'built').length;
    const told = `${composed.services.length} services (${built} built), ${rendering.files.size} files, ${rendering.losses.length} losses`;
    terminal.line(`${`${profile}/${target.name}`.padEnd(24)} ${told}`);
  }
  terminal.line(`${rules.length} rules, ${rendered.length} renderings, ${findings.length} findings`);
  terminal.document({ rules: rules.length, renderings: rendered.length, findings });
  for (const { check: by, where, problem } of findings) terminal.line(`${by}: ${where}: ${problem}`);
  if (findings.length > 0) throw new DeployError('check-failed', 1, `${findings.length} findings`);
}

/** Everything that is wrong. @param generated folder of the committed files */
export function findingsOf(rendered: readonly Rendered[], generated: string): Finding[] {
  return [...brokenRules(rendered), ...drifted(rendered, generated), ...rendered.flatMap(different)];
}

function brokenRules(rendered: readonly Rendered[]): Finding[] {
  const systems = new Map(rendered.map(({ profile, system: composed }) => [profile, composed]));
  return [...systems].flatMap(([profile, composed]) =>
    problemsOf(composed).map((problem): Finding => ({ check: 'rules', where: profile, problem })),
  );
}

function drifted(rendered: readonly Rendered[], generated: string): Finding[] {
  const { changed, missing, extra } = driftOf(generated, filesOf(rendered));
  const finding =
    (problem: string) =>
    (where: string): Finding => ({ check: 'drift', where, problem });
  return [
    ...changed.map(finding('is not what the model says: run `nx run deploy:generate`')),
    ...missing.map(finding('is not there: run `nx run deploy:generate`')),
    ...extra.map(finding('nothing generates this file')),
  ];
}

/** Reads a target's own files back and compares what they mean. */
function different({ profile, target, system: composed, rendering }: Rendered): Finding[] {
  const where = `${profile}/${target.name}`;
  const differences = differencesBetween(canonicalOf(composed), target.parse(rendering.files));
  return [
    ...untold(differences, rendering.losses).map(
      ({ service, field, model, target: there }): Finding => ({
        check: 'equivalence',
        where,
        problem: `${service}.${field} is ${model} in the model and ${there} here, and no loss says so`,
      }),
    ),
    ...unfounded(differences, rendering.losses).map(
      ({ service, field }): Finding => ({
        check: 'losses',
        where,
        problem: `${service}.${field} is told as a loss, but nothing is lost`,
      }),
    ),
  ];
}
