import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { announcedVariables } from '../../src/rules/announced-variables.ts';
import { rules } from '../../src/rules/index.ts';
import { seedDefects } from './seed-defects/all.ts';

const page = readFileSync(new URL('../../../docs/design/rules.md', import.meta.url), 'utf8');

const rowOf = (name: string, because: string): string => {
  const defects = seedDefects.filter(({ rule }) => rule === name);
  const told = defects.map(({ from, what }) => `${what} (${from})`).join('; ');
  return `| \`${name}\` | ${because} | ${told} |`;
};

describe('docs/design/rules.md', () => {
  it('has a row for every rule, in their order, with its reason and what it refuses', () => {
    const [, section = ''] = page.split('## The rules');
    const rows = section.split('\n').filter((line) => /^\| `[a-z-]+` \|/.test(line));
    expect(rows).toEqual(rules.map(({ name, because }) => rowOf(name, because)));
  });

  it('has a row for every announced variable', () => {
    for (const { service, variable, today } of announcedVariables)
      expect(page).toContain(`| ${service} | \`${variable}\` | ${today} |`);
  });
});
