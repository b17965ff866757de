import { formatErrors } from './errors.ts';
import { variablesIn } from './interpolation.ts';

const ABOUT = [
  'Every variable the files know, with what is meant when it is not set. Copy to .env and change what must differ.',
];

/** `.env.example` for these files. */
export function environmentFile(texts: readonly string[]): string {
  const lines = [...variablesIn(texts)].map(([name, fallback]) => `${name}=${fallback}`);
  return [...ABOUT.map((line) => `# ${line}`), ...lines, ''].join('\n');
}

/** @throws `not-understood` when it is not the one of these files */
export function requireEnvironmentFile(
  path: string,
  found: string | undefined,
  texts: readonly string[],
): void {
  if (found !== environmentFile(texts))
    throw formatErrors.notUnderstood(path, 'does not list the variables of the files beside it');
}
