import { DeployError } from '../errors.ts';
import type { System } from '../model/types.ts';
import { composeSystem } from '../profiles/compose-system.ts';
import { profiles } from '../profiles/index.ts';
import { filesOf, type Rendered, renderAll } from '../render/all-targets.ts';
import { uncomparedFields } from '../render/compared-fields.ts';
import { problemsOf, rules } from '../rules/index.ts';
import { noticesOf } from '../rules/notices.ts';
import { system } from '../system.ts';
import { compareMeaning } from './compare-meaning.ts';
import { lostConfigTexts } from './config-texts.ts';
import type { Finding } from './finding.ts';
import { driftOf } from './generate.ts';
import { type Reserved, reservedBy } from './reservations.ts';
import type { Terminal } from './terminal.ts';

/**
 * `check`: rules over every profile, fields no target is compared on, generated files byte by byte, the meaning of every
 * target against the model, and losses that are told although nothing is lost. Prints each finding, fails when there is
 * one; notices are printed and fail nothing.
 * @param only profiles wanted; all when empty
 */
export function check(generated: string, terminal: Terminal, only: readonly string[] = []): void {
  const { rendered, findings: unrenderable } = renderEach(system, only);
  const findings = [...unrenderable, ...findingsOf(rendered, generated, only)];
  const composed = systemsOf(rendered);
  const notices = [...composed].flatMap(([profile, each]) =>
    noticesOf(each).map((notice) => ({ profile, notice })),
  );
  for (const { profile, target, system: each, rendering } of rendered) {
    const built = each.services.filter(({ status }) => status === 'built').length;
    const told = `${each.services.length} services (${built} built), ${rendering.files.size} files, ${rendering.losses.length} losses`;
    terminal.line(`${`${profile}/${target.name}`.padEnd(24)} ${told}`);
  }
  const reservations = [...composed].map(([profile, each]) => ({ profile, ...reservedBy(each) }));
  for (const { profile, ...reserved } of reservations)
    terminal.line(`${profile.padEnd(24)} ${said(reserved)}`);
  terminal.line(
    `${rules.length} rules, ${rendered.length} renderings, ${notices.length} notices, ${findings.length} findings`,
  );
  terminal.document({ rules: rules.length, renderings: rendered.length, reservations, notices, findings });
  for (const [notice, where] of grouped(notices)) terminal.line(`notice: ${where}: ${notice}`);
  for (const { check: by, where, problem } of findings) terminal.line(`${by}: ${where}: ${problem}`);
  if (findings.length > 0) throw new DeployError('check-failed', 1, `${findings.length} findings`);
}

/**
 * Everything that is wrong.
 * @param generated folder of the committed files
 * @param only look at these profiles' folders alone; at everything in the folder when empty
 */
export function findingsOf(
  rendered: readonly Rendered[],
  generated: string,
  only: readonly string[] = [],
): Finding[] {
  const systems = systemsOf(rendered);
  return [
    ...[...systems].flatMap(([profile, composed]) => modelFindings(profile, composed)),
    ...drifted(rendered, generated, only),
    ...rendered.flatMap((one) => [...compareMeaning(one, generated), ...lostConfigTexts(one)]),
  ];
}

/** A profile that cannot be rendered does not hide what is wrong with it, nor the other profiles. */
export function renderEach(
  drawn: System,
  only: readonly string[] = [],
): { rendered: Rendered[]; findings: Finding[] } {
  const rendered: Rendered[] = [];
  const findings: Finding[] = [];
  const wanted = Object.entries(profiles).filter(([name]) => only.length === 0 || only.includes(name));
  for (const [name, profile] of wanted) {
    try {
      rendered.push(...renderAll(drawn, [name]));
    } catch (error) {
      if (!(error instanceof Error)) throw error;
      findings.push({ check: 'unrenderable', where: name, problem: error.message });
      findings.push(...modelFindings(name, composeSystem(drawn, profile)));
    }
  }
  return { rendered, findings };
}

function modelFindings(where: string, composed: System): Finding[] {
  return [
    ...problemsOf(composed).map((problem): Finding => ({ check: 'rules', where, problem })),
    ...uncomparedFields(composed).map(
      (field): Finding => ({
        check: 'uncompared',
        where,
        problem: `no target is compared on ${field}: say in render/compared-fields.ts what carries it`,
      }),
    ),
  ];
}

function drifted(rendered: readonly Rendered[], generated: string, only: readonly string[]): Finding[] {
  const { changed, missing, extra } = driftOf(generated, filesOf(rendered), only);
  const finding =
    (problem: string) =>
    (where: string): Finding => ({ check: 'drift', where, problem });
  return [
    ...changed.map(finding('is not what the model says: run `nx run deploy:generate`')),
    ...missing.map(finding('is not there: run `nx run deploy:generate`')),
    ...extra.map(finding('nothing generates this file')),
  ];
}

const systemsOf = (rendered: readonly Rendered[]): Map<string, System> =>
  new Map(rendered.map(({ profile, system: composed }) => [profile, composed]));

function said({ cpus, memoryMiB, replicas }: Reserved): string {
  return `${replicas} built replicas reserve ${cpus} processors and ${(memoryMiB / 1024).toFixed(1)} GiB`;
}

/** The same notice of several profiles is said once. */
function grouped(notices: readonly { profile: string; notice: string }[]): [string, string][] {
  const groups = Map.groupBy(notices, ({ notice }) => notice);
  return [...groups].map(([notice, of]) => [notice, of.map(({ profile }) => profile).join(', ')]);
}
