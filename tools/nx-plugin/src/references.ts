/**
 * What a source file refers to, found by a scan of its text: cheap enough to run over every changed file before each Nx
 * command. It may see a reference in a comment; for a dependency graph one edge too many is harmless. The checks, where
 * a false finding would hurt, parse instead (tools/checks/src/source.ts).
 */
export interface References {
  /** Names of internal packages imported: `merkle` for `@lucid/merkle` or `@lucid/merkle/x`. */
  readonly packages: readonly string[];
  /** Project folders named in strings, e.g. a test that spawns `apps/data/embedded-mongodb/src/main.ts`. */
  readonly folders: readonly string[];
}

const importedPackage = /(?:from|import|import\(|require\(|resolve\()\s*['"`]@lucid\/([a-z0-9-]+)/g;
const namedFolder =
  /['"`/](apps\/[a-z0-9-]+\/[a-z0-9-]+|(?:libs|tools)\/[a-z0-9-]+|deploy)\/(?:src|bin|generated|configs)\b/g;

/** Finds the internal packages a text imports and the project folders it names. */
export function findReferences(text: string): References {
  return { packages: captured(text, importedPackage), folders: captured(text, namedFolder) };
}

function captured(text: string, pattern: RegExp): string[] {
  return [...new Set([...text.matchAll(pattern)].flatMap((match) => match[1] ?? []))].sort();
}
