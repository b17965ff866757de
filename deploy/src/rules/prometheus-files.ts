import type { Service, System } from '../model/types.ts';
import { foreignProgram } from './facts/image-name.ts';
import type { Rule } from './rule.ts';

/** A matcher with `=` or `!=` whose text was meant as a pattern. */
const LITERAL_PATTERN = /[\w{,]\s*!?=\s*\\?"[^"\\]*(?:\.[*+]|\[[^\]]*\]|\|)[^"\\]*\\?"/;

export const prometheusFiles: Rule = {
  name: 'prometheus-files',
  because: 'an alert that can never fire and a target that can never answer look like a healthy system',
  check: (system) =>
    system.services
      .filter((service) => foreignProgram(service) === 'prometheus')
      .flatMap((prometheus) => [...neverMatching(prometheus), ...wrongTargets(system, prometheus)]),
};

/** Expressions, not annotations: those may say what they like. */
function neverMatching({ configs }: Service): string[] {
  return configs.flatMap(({ name, content }) =>
    content
      .split('\n')
      .filter((line) => /^\s*(?:-\s+)?expr:/.test(line) && LITERAL_PATTERN.test(line))
      .map((line) => `${name} compares with a pattern but without =~: ${line.trim()}`),
  );
}

function wrongTargets(system: System, { name, configs, reaches }: Service): string[] {
  const targets = configs.flatMap(({ content }) =>
    [...content.matchAll(/\btargets:\s*\[([^\]]*)\]/g)].flatMap(([, list = '']) =>
      [...list.matchAll(/([\w.-]+):(\d+)/g)].map(([, host = '', port]) => ({ host, port: Number(port) })),
    ),
  );
  return targets.flatMap(({ host, port }) => {
    const target = system.services.find((service) => service.name === host);
    if (!target) return [];
    if (!reaches.includes(host)) return [`${name} asks ${host}, which it does not reach`];
    const isAlertmanager = foreignProgram(target) === 'alertmanager' && target.port === port;
    return target.metrics?.port === port || isAlertmanager
      ? []
      : [`${name} asks ${host}:${port} for metrics, and there are none`];
  });
}
