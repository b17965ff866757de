import { describe, expect, it } from 'vitest';
import { problemsOf, rules } from '../../src/rules/index.ts';
import { seedDefects } from './seed-defects/all.ts';
import { healthy } from './support/healthy.ts';

const ruleOf = (name: string) => {
  const rule = rules.find((each) => each.name === name);
  if (!rule) throw new Error(`no rule ${name}`);
  return rule;
};

describe("what the guides' files get wrong", () => {
  it.each(seedDefects.map((defect) => [defect.rule, defect.from, defect.what, defect] as const))(
    '%s refuses it: the %s %s',
    (name, _from, _what, { system, complaints }) => {
      expect(ruleOf(name).check(system)).toEqual(complaints);
    },
  );

  it('gives every rule at least one thing to refuse', () => {
    const tried = new Set(seedDefects.map(({ rule }) => rule));
    expect(rules.map(({ name }) => name).filter((name) => !tried.has(name))).toEqual([]);
  });
});

describe('a healthy system', () => {
  it('is refused by no rule, although it has one of everything', () => {
    expect(problemsOf(healthy)).toEqual([]);
  });

  it('is led by the name of the rule when it is not healthy any more', () => {
    const [first, ...others] = healthy.services;
    const sick = { ...healthy, services: first ? [{ ...first, probe: undefined }, ...others] : [] };
    expect(problemsOf(sick)).toEqual([`probes: ${first?.name} has no probe`]);
  });

  it('has rules with one name each, and a reason', () => {
    expect(new Set(rules.map(({ name }) => name)).size).toBe(rules.length);
    expect(rules.filter(({ because }) => because.length < 20)).toEqual([]);
  });
});
