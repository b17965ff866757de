/**
 * Which variables our services read. The page `docs/config.md` is made from their schemas, and CI proves that it is what
 * the code says; an app itself cannot be imported here, and one list is enough.
 */
import { readFileSync } from 'node:fs';

const PAGE = new URL('../../../../docs/config.md', import.meta.url);

/** Names of the variables per service; the groups that several services take over count for each of them. */
export type KnownVariables = ReadonlyMap<string, ReadonlySet<string>>;

/** Reads the sections of the page. @throws when a section takes over a group that is not on it */
export function variablesOfPage(page: string): KnownVariables {
  const sections = new Map(
    page.split(/^## /m).flatMap((section) => {
      const [title = ''] = section.split('\n');
      return section === page ? [] : [[title.trim(), section] as const];
    }),
  );
  const groups = new Map([...sections].map(([title, text]) => [anchorOf(title), namesIn(text)]));
  return new Map(
    [...sections].map(([title, text]) => {
      const taken = [...text.matchAll(/\]\(#([\w-]+)\)/g)].flatMap(([, anchor = '']) => {
        const group = groups.get(anchor);
        if (!group) throw new Error(`docs/config.md has no section #${anchor}`);
        return group;
      });
      return [title, new Set([...namesIn(text), ...taken])];
    }),
  );
}

const namesIn = (section: string): string[] =>
  [...section.matchAll(/^\| `([A-Z][A-Z0-9_]*)` \|/gm)].map(([, name = '']) => name);

const anchorOf = (title: string): string => title.toLowerCase().replaceAll(' ', '-');

let committed: KnownVariables | undefined;

/** Of the page as it is committed; read once. */
export function knownVariables(): KnownVariables {
  committed ??= variablesOfPage(readFileSync(PAGE, 'utf8'));
  return committed;
}
