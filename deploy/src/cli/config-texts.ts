import { parseAllDocuments } from 'yaml';
import type { Rendered } from '../render/all-targets.ts';
import type { Finding } from './finding.ts';

/**
 * Configuration whose text a target's files do not have to the letter. The canonical graph knows files of configuration
 * by name and place only; a quoting or an interpolation gone wrong inside them would show in production first.
 */
export function lostConfigTexts({ profile, target, system, rendering }: Rendered): Finding[] {
  const texts = new Set([...rendering.files].flatMap(([path, text]) => [text, ...textsInside(path, text)]));
  return system.services.flatMap(({ name, configs }) =>
    configs
      .filter(({ content }) => !texts.has(content))
      .map(
        (config): Finding => ({
          check: 'equivalence',
          where: `${profile}/${target.name}`,
          problem: `${name}.configs: the text of ${config.name} is in no file as the model has it`,
        }),
      ),
  );
}

/** A ConfigMap carries texts inside a manifest; a file that mentions none need not be read. */
function textsInside(path: string, text: string): string[] {
  if (!path.endsWith('.yaml') || !/^kind: ConfigMap$/m.test(text)) return [];
  return parseAllDocuments(text).flatMap((document) => scalars(document.toJS()));
}

function scalars(value: unknown): string[] {
  if (typeof value === 'string') return [value];
  return typeof value === 'object' && value !== null ? Object.values(value).flatMap(scalars) : [];
}
