import { describe, expect, it } from 'vitest';
import { publishedPorts } from '../../src/rules/published-ports.ts';
import { system } from '../../src/system.ts';
import { withEdge } from '../../src/tiers/edge.ts';
import { fragment, fragmentWith } from './support/fragment.ts';

const doorsOn = (first: string, second: string) =>
  publishedPorts.check(
    fragment((s, network) => {
      for (const [name, host] of [
        ['lucid-one', first],
        ['lucid-other', second],
      ] as const)
        s.service(name, { cluster: 'ops', port: 9000, network }).publishedPort({
          host,
          port: 80,
          target: 9000,
        });
    }),
  );

describe('published ports', () => {
  it.each([
    ['0.0.0.0', '127.0.0.1'],
    ['127.0.0.1', '0.0.0.0'],
    ['::', '127.0.0.1'],
    ['127.0.0.1', '127.0.0.1'],
  ])('clash on %s and %s', (first, second) => {
    expect(doorsOn(first, second)).toEqual([
      `two services publish ${first}:80/tcp: lucid-one and lucid-other`,
    ]);
  });

  it('stand side by side on two addresses of a machine', () => {
    expect(doorsOn('127.0.0.1', '10.0.0.1')).toEqual([]);
  });

  it('of a service behind the edge are those of the edge, and its own when it is not', () => {
    const edged = withEdge(system, 'haproxy', 1);
    const gateway = edged.services.find(({ name }) => name === 'lucid-api-gateway');
    expect(gateway?.publishes).toMatchObject({ host: '127.0.0.1', port: 8080, behindEdge: true });
    expect(publishedPorts.check(edged)).toEqual([]);
    const publishes = gateway?.publishes && { ...gateway.publishes, behindEdge: false };
    expect(publishedPorts.check(fragmentWith(edged, 'lucid-api-gateway', { publishes }))).toEqual([
      'two services publish 127.0.0.1:8080/tcp: lucid-api-gateway and lucid-edge',
    ]);
  });
});
