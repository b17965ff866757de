import type { Check, Finding } from '../check.ts';
import { forbiddenWords } from '../forbidden-words.ts';

/** This program's own rules and tests must be able to name what they forbid. */
const exempt = /^tools\/checks\//;

export const forbiddenWordsCheck: Check = {
  name: 'forbidden-words',
  rule: 'no silenced compiler, no focused test, no unlabelled loose end (the list: tools/checks/src/forbidden-words.ts)',
  run: (workspace) =>
    workspace.files
      .filter((file) => !exempt.test(file))
      .flatMap((file) => {
        const rules = forbiddenWords.filter(({ files }) => files.test(file));
        return rules.length === 0 ? [] : findings(file, workspace.read(file), rules);
      }),
};

function findings(file: string, text: string, rules: typeof forbiddenWords): Finding[] {
  return text
    .split('\n')
    .flatMap((content, index) =>
      rules
        .filter(({ pattern }) => pattern.test(content))
        .map(({ reason }) => ({ file, line: index + 1, reason })),
    );
}
