import type { Check, Finding } from '../check.ts';
import type { Workspace } from '../workspace.ts';

/** `[text](target)` and `![alt](target)`, without a title. */
const link = /\[[^\]]*\]\(\s*<?([^)\s>]+)>?(?:\s+"[^"]*")?\s*\)/g;

export const docsLinks: Check = {
  name: 'docs-links',
  rule: 'relative links in Markdown lead to a file, and their anchors to a heading',
  run: (workspace) => {
    const folders = new Set(workspace.files.flatMap(parentsOf));
    return workspace.files
      .filter((file) => file.endsWith('.md'))
      .flatMap((file) =>
        linksOf(workspace.read(file)).flatMap((it) => problem(workspace, folders, file, it)),
      );
  },
};

interface Link {
  readonly target: string;
  readonly line: number;
}

function linksOf(text: string): Link[] {
  return blankCode(text)
    .split('\n')
    .flatMap((content, index) =>
      [...content.matchAll(link)].flatMap((match) =>
        match[1] === undefined ? [] : [{ target: match[1], line: index + 1 }],
      ),
    );
}

function problem(
  workspace: Workspace,
  folders: ReadonlySet<string>,
  file: string,
  { target, line }: Link,
): Finding[] {
  if (/^([a-z][a-z0-9+.-]*:|\/\/)/i.test(target)) return [];
  const [path = '', anchor] = target.split('#');
  const destination = path === '' ? file : resolveFrom(file, decodeURIComponent(path));
  if (!workspace.files.includes(destination))
    return folders.has(destination) ? [] : [{ file, line, reason: `${target}: there is no ${destination}` }];
  if (anchor === undefined || anchor === '' || !destination.endsWith('.md')) return [];
  return anchorsOf(workspace.read(destination)).has(anchor)
    ? []
    : [{ file, line, reason: `${target}: no such heading` }];
}

/** Headings as GitHub turns them into anchors. */
function anchorsOf(text: string): Set<string> {
  const seen = new Map<string, number>();
  const headings = [...blankCode(text, false).matchAll(/^#{1,6} +(.+?) *#*$/gm)].map(
    (match) => match[1] ?? '',
  );
  return new Set(
    headings.map((heading) => {
      const slug = heading
        .toLowerCase()
        .replace(/[^\p{L}\p{N} _-]/gu, '')
        .replaceAll(' ', '-');
      const times = seen.get(slug) ?? 0;
      seen.set(slug, times + 1);
      return times === 0 ? slug : `${slug}-${times}`;
    }),
  );
}

/** Code shows links that are not links. Blanked, so that line numbers stay. */
function blankCode(text: string, inline = true): string {
  const fenced = text.replace(/^( *)(```|~~~)[\s\S]*?^ *\2/gm, (code) => code.replace(/[^\n]/g, ' '));
  return inline ? fenced.replace(/`[^`\n]*`/g, (code) => ' '.repeat(code.length)) : fenced;
}

function resolveFrom(file: string, path: string): string {
  const parts = path.startsWith('/') ? [] : file.split('/').slice(0, -1);
  for (const part of path.split('/')) {
    if (part === '..') parts.pop();
    else if (part !== '.' && part !== '') parts.push(part);
  }
  return parts.join('/');
}

function parentsOf(file: string): string[] {
  const parts = file.split('/');
  return parts.map((_part, index) => parts.slice(0, index).join('/'));
}
