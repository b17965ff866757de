import { describe, expect, it } from 'vitest';
import { servicesMeant } from '../../src/cli/services-meant.ts';
import { withCounts } from '../../src/engines/load-system.ts';
import { findService } from '../../src/model/edges.ts';
import { environmentOf } from '../../src/model/environment.ts';
import { uncomparedFields } from '../../src/render/compared-fields.ts';
import { problemsOf } from '../../src/rules/index.ts';
import { noticesOf } from '../../src/rules/notices.ts';
import { composed, MEMBERS } from './support/composed.ts';

const four = composed('dev', 4);
const members = four.services.filter(({ standsFor }) => standsFor !== undefined);

function literals(name: string): Record<string, string> {
  const service = findService(four, name);
  const variables = service ? environmentOf(four, service) : [];
  return Object.fromEntries(
    variables.flatMap((each) => (each.kind === 'literal' ? [[each.name, each.value]] : [])),
  );
}

describe('several validators, made of the one that is drawn', () => {
  it('are nothing else than the drawn one while there is one', () => {
    const [one, asDrawn] = [composed('dev', 1), composed('dev', undefined)];
    expect(one).toEqual(asDrawn);
    expect(findService(one, 'blockchain-engine')?.standsFor).toBeUndefined();
  });

  it('are services of their own, in the place of the drawn one', () => {
    expect(members.map(({ name }) => name)).toEqual(MEMBERS);
    expect(findService(four, 'blockchain-engine')).toBeUndefined();
    expect(problemsOf(four)).toEqual([]);
    expect(uncomparedFields(four)).toEqual([]);
  });

  it('have each a key, a name on the chain, a database and a volume that no other has', () => {
    const secretOf = (variable: string) =>
      members.map(({ secrets }) => secrets.find((use) => use.variable === variable)?.secret);
    const own = [
      secretOf('BLOCKCHAIN_VALIDATOR_KEY'),
      secretOf('BLOCKCHAIN_NODE_ID'),
      members.flatMap(({ uses }) => uses.map(({ database }) => database)),
      members.flatMap(({ volumes }) => volumes.map(({ name }) => name)),
    ];
    for (const names of own) expect(new Set(names).size).toBe(4);
    for (const name of own.slice(0, 2).flat())
      expect(four.secrets.find((secret) => secret.name === name)?.format).toMatch(/^hex-(16|32)$/);
  });

  it('begin with what was drawn: a chain of one is met by a validator that knows that it is another', () => {
    const [first] = members;
    const [drawn] = composed('dev', 1).services.filter(({ council }) => council);
    expect(first?.uses).toEqual(drawn?.uses);
    expect(first?.volumes).toEqual(drawn?.volumes);
  });

  it('are called by the one name that callers know, and call each other', () => {
    expect(literals('session-anchoring').BLOCKCHAIN_ENGINE_URL).toBe('http://lucid-blockchain-engine:8084');
    for (const member of members) {
      const { SERVICE_NAME, ALLOWED_CALLERS, BLOCKCHAIN_ENGINE_URL } = literals(member.name);
      expect(SERVICE_NAME).toBe('lucid-blockchain-engine');
      expect(ALLOWED_CALLERS?.split(',')).toContain('lucid-blockchain-engine');
      expect(ALLOWED_CALLERS?.split(',')).toContain('lucid-session-anchoring');
      expect(BLOCKCHAIN_ENGINE_URL).toBeUndefined();
      expect(member.aliases).toEqual(['lucid-blockchain-engine']);
      expect(member.calls).toEqual(MEMBERS.filter((name) => name !== member.name));
    }
  });

  it('have all of what is set for the drawn one', () => {
    const set = ['blockchain-engine.env.BLOCK_TIME_SECONDS=3', '*.limits.memory=2G'];
    for (const { standsFor, env, resources } of composed('production', 2, set).services)
      if (standsFor !== undefined) {
        expect(env.BLOCK_TIME_SECONDS).toBe('3');
        expect(resources.limits.memoryMiB).toBe(2048);
      }
  });

  it('are waited for by whoever waits for the drawn one', () => {
    expect(findService(four, 'session-anchoring')?.startsAfter).toEqual(MEMBERS);
  });
});

describe('what watches and what stands beside several validators', () => {
  it('knows them by the one name, as it knows one, and may reach each', () => {
    const textOf = (count: number, file: string) =>
      composed('production', count, ['mesh=true'])
        .services.flatMap(({ configs }) => configs)
        .find(({ name }) => name === file)?.content;
    for (const file of ['prometheus.yml', 'consul.json', 'envoy.yaml', 'dashboard-sessions.json'])
      expect(textOf(4, file), file).toBe(textOf(1, file));
    expect(textOf(1, 'prometheus-rules.yml')).toContain('(blockchain_writer) < 1');
    const rules = textOf(4, 'prometheus-rules.yml');
    expect(rules).toContain('(blockchain_writer) < 3'); // more than two thirds must be there
    expect(rules).toContain('(blockchain_writer) > 4');
    expect(rules).not.toContain('lucid-blockchain-validator');
    expect(textOf(4, 'dashboard-blockchain.json')).toContain('must be 4, one of each validator');
    const { services } = composed('production', 4, ['mesh=true']);
    for (const name of ['lucid-prometheus', 'lucid-envoy', 'lucid-consul'])
      expect(services.find((service) => service.name === name)?.reaches).toEqual(
        expect.arrayContaining(MEMBERS),
      );
  });
});

describe('how many validators there are', () => {
  it.each(['0', '101', 'four', '-1'])('cannot be %s', (count) => {
    expect(() => composed('dev', undefined, [`blockchain-engine.validators=${count}`])).toThrow(
      `${count} is no value for validators`,
    );
  });

  it('is said of validators alone', () => {
    expect(() => composed('dev', undefined, ['session-api.validators=3'])).toThrow('is no validator');
  });

  it('is not changed by replicas, neither of one nor of several', () => {
    for (const [system, name] of [
      [composed('dev', 1), 'blockchain-engine'],
      [four, 'blockchain-engine'],
      [four, 'blockchain-validator-2'],
    ] as const)
      expect(() => withCounts(system, { [name]: 3 })).toThrow('--set blockchain-engine.validators=n');
  });

  it.each([
    [2, 'none may be gone'],
    [3, 'none may be gone'],
    [5, 'bears the loss of 1, as 4 would; 7 bear the loss of 2'],
    [6, 'bears the loss of 1, as 4 would; 7 bear the loss of 2'],
  ])('is told when %i bear no more than fewer would', (count, notice) => {
    const told = noticesOf(composed('dev', count)).filter((each) => each.includes('validators'));
    expect(told).toEqual([expect.stringContaining(notice)]);
    expect(problemsOf(composed('dev', count))).toEqual([]);
  });

  it.each([1, 4, 7])('is nothing to talk of when it is %i', (count) => {
    expect(noticesOf(composed('dev', count)).filter((each) => each.includes('validators'))).toEqual([]);
  });
});

describe('a name that a person gives', () => {
  it('means all that share it, or the one whose own it is', () => {
    expect(servicesMeant(four, 'blockchain-engine')).toEqual(MEMBERS);
    expect(servicesMeant(four, 'blockchain-validator-3')).toEqual(['blockchain-validator-3']);
    expect(servicesMeant(composed('dev', 1), 'blockchain-engine')).toEqual(['blockchain-engine']);
    expect(servicesMeant(four, 'nobody')).toEqual(['nobody']);
  });
});
