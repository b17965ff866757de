/** A Markdown table; `|` inside cells is escaped. */
export function table(head: readonly string[], rows: ReadonlyArray<readonly string[]>): string {
  const line = (cells: readonly string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll('|', '\\|')).join(' | ')} |`;
  return [line(head), `|${head.map(() => ' --- |').join('')}`, ...rows.map(line)].join('\n');
}

/** A page that says first who wrote it and how to write it again. */
export function page(
  title: string,
  introduction: string,
  sections: ReadonlyArray<readonly [string, string]>,
): string {
  const generated =
    '<!-- Generated from the code by `node tools/checks/src/generate-docs.ts`. Do not edit. -->';
  const body = sections.map(([heading, text]) => `## ${heading}\n\n${text}`);
  return `${[generated, `# ${title}`, introduction, ...body].join('\n\n')}\n`;
}

export const code = (text: string): string => (text === '' ? '' : `\`${text}\``);
