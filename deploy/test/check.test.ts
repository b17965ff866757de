import { mkdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { afterAll, describe, expect, it, vi } from 'vitest';
import { check, findingsOf } from '../src/cli/check.ts';
import type { TargetName } from '../src/render/renderer.ts';
import {
  findingsAfter,
  generatedFolder,
  PROFILE,
  recordingTerminal,
  rendered,
  replaceAfter,
} from './support/check-fixture.ts';

// Files are rendered and read as a whole; a machine that does much else takes its time.
vi.setConfig({ testTimeout: 30_000 });

const folder = generatedFolder();
afterAll(() => folder.remove());

const look = () => findingsOf(rendered, folder.path, [PROFILE]);

interface Edit {
  readonly file: string;
  readonly edit: (text: string) => string;
  /** Field of the canonical graph that differs, or the message of the reader. */
  readonly says: string;
}
type Edits = Readonly<Record<TargetName, Edit>>;

const COMPOSE = `${PROFILE}/compose/compose.yaml`;
const STACK = `${PROFILE}/swarm/stack.yaml`;
const AUTH = `${PROFILE}/kubernetes/services/lucid-auth-service.yaml`;
const POLICIES = `${PROFILE}/kubernetes/network-policies.yaml`;
const GATEWAY = '  lucid-api-gateway:\n';
const URL = '      AUTH_SERVICE_URL: http://lucid-auth-service:8089\n';
const OFF_THE_NETWORK = replaceAfter(
  '  lucid-auth-service:\n',
  'networks:\n      lucid-network: {}',
  'networks: {}',
);

const addressRemoved: Omit<Edits, 'kubernetes'> = {
  compose: {
    file: COMPOSE,
    edit: replaceAfter(GATEWAY, URL, ''),
    says: 'lucid-api-gateway.env.AUTH_SERVICE_URL',
  },
  swarm: {
    file: STACK,
    edit: replaceAfter(GATEWAY, URL, ''),
    says: 'lucid-api-gateway.env.AUTH_SERVICE_URL',
  },
};
const edgeRemoved: Edits = {
  compose: { file: COMPOSE, edit: OFF_THE_NETWORK, says: '*.edges' },
  swarm: { file: STACK, edit: OFF_THE_NETWORK, says: '*.edges' },
  kubernetes: {
    file: POLICIES,
    edit: replaceAfter(
      'name: lucid-auth-service',
      '          - lucid-api-gateway\n',
      '          - lucid-mongodb\n',
    ),
    says: '*.edges',
  },
};
const limitChanged: Edits = {
  compose: {
    file: COMPOSE,
    edit: replaceAfter('  lucid-auth-service:\n', 'memory: 512M', 'memory: 513M'),
    says: 'lucid-auth-service.limits.memoryMiB is 513 in the folder, where 512 is generated',
  },
  swarm: {
    file: STACK,
    edit: replaceAfter('  lucid-auth-service:\n', 'memory: 512M', 'memory: 513M'),
    says: 'lucid-auth-service.limits.memoryMiB is 513 in the folder, where 512 is generated',
  },
  kubernetes: {
    file: AUTH,
    edit: replaceAfter('limits:', 'memory: 512Mi', 'memory: 513Mi'),
    says: 'lucid-auth-service.limits.memoryMiB is 513 in the folder, where 512 is generated',
  },
};
const fieldAdded: Edits = {
  compose: {
    file: COMPOSE,
    edit: replaceAfter(
      '  lucid-auth-service:\n',
      '    read_only: true\n',
      '    read_only: true\n    privileged: true\n',
    ),
    says: 'privileged',
  },
  swarm: {
    file: STACK,
    edit: replaceAfter(
      '  lucid-auth-service:\n',
      '    read_only: true\n',
      '    read_only: true\n    privileged: true\n',
    ),
    says: 'privileged',
  },
  kubernetes: {
    file: AUTH,
    edit: (text) =>
      text.replace(
        '      enableServiceLinks: false\n',
        '      enableServiceLinks: false\n      hostPID: true\n',
      ),
    says: 'hostPID',
  },
};

const scratchMoved: Edits = {
  compose: {
    file: COMPOSE,
    edit: replaceAfter('  lucid-auth-service:\n', 'target: /tmp', 'target: /x'),
    says: '/x',
  },
  swarm: {
    file: STACK,
    edit: replaceAfter('  lucid-auth-service:\n', 'target: /tmp', 'target: /x'),
    says: '/x',
  },
  kubernetes: { file: AUTH, edit: (text) => text.replace('mountPath: /tmp', 'mountPath: /x'), says: '/x' },
};

const cases = (edits: Partial<Edits>): [string, Edit][] => Object.entries(edits);

describe('check, over files as they were generated', () => {
  it('finds nothing', () => {
    expect(look()).toEqual([]);
  });

  it('prints notices, reservations and a sum, and does not fail', () => {
    const terminal = recordingTerminal();
    check(folder.path, terminal, [PROFILE]);
    expect(terminal.lines.join('\n')).toMatch(/28 rules, 3 renderings, \d+ notices, 0 findings/);
    expect(terminal.lines.join('\n')).toMatch(/built replicas reserve [\d.]+ processors and [\d.]+ GiB/);
    expect(terminal.lines.join('\n')).toContain('notice: dev: lucid-auth-service is given MFA_SECRET');
  });
});

describe('check turns red for', () => {
  it.each([
    COMPOSE,
    STACK,
    AUTH,
    POLICIES,
    `${PROFILE}/compose/.env.example`,
    `${PROFILE}/swarm/losses.json`,
  ])('one byte more in %s', (file) => {
    expect(findingsAfter(folder.path, file, (text) => `${text}\n`)).toContainEqual({
      check: 'drift',
      where: file,
      problem: 'is not what the model says: run `nx run deploy:generate`',
    });
  });

  it('a comment somebody wrote, which means nothing: drift and no more', () => {
    const findings = findingsAfter(folder.path, COMPOSE, (text) => `${text}# do not touch\n`);
    expect(findings.map(({ check: by }) => by)).toEqual(['drift']);
  });

  it('a file that is gone, by its name and by what no longer can be read', () => {
    const [from, to] = [join(folder.path, STACK), join(folder.path, 'moved')];
    renameSync(from, to);
    const findings = look();
    renameSync(to, from);
    expect(findings).toEqual([
      { check: 'drift', where: STACK, problem: 'is not there: run `nx run deploy:generate`' },
      expect.objectContaining({ check: 'unreadable', where: `${PROFILE}/swarm` }),
    ]);
  });

  it.each(['compose', 'swarm', 'kubernetes'])('a file more in %s', (target) => {
    const where = `${PROFILE}/${target}/extra/override.yaml`;
    mkdirSync(join(folder.path, where, '..'), { recursive: true });
    writeFileSync(join(folder.path, where), 'services: {}\n');
    const findings = look();
    rmSync(join(folder.path, where, '..'), { recursive: true });
    expect(findings).toContainEqual({ check: 'drift', where, problem: 'nothing generates this file' });
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'unreadable', where: `${PROFILE}/${target}` }),
    );
  });

  it.each(cases(addressRemoved))('an edge whose address is removed in %s', (target, { file, edit, says }) => {
    expect(findingsAfter(folder.path, file, edit)).toContainEqual({
      check: 'equivalence',
      where: `${PROFILE}/${target}`,
      problem: `${says} is none in the folder, where "http://lucid-auth-service:8089" is generated`,
    });
  });

  it.each(cases(edgeRemoved))(
    'an edge whose way is closed in %s, although a loss tells of edges',
    (target, { file, edit, says }) => {
      const found = findingsAfter(folder.path, file, edit).filter(
        ({ where, problem }) => where === `${PROFILE}/${target}` && problem.startsWith(says),
      );
      expect(found.map(({ check: by }) => by)).toEqual(['equivalence']);
    },
  );

  it.each(cases(limitChanged))('a changed limit in %s', (target, { file, edit, says }) => {
    expect(findingsAfter(folder.path, file, edit)).toContainEqual({
      check: 'equivalence',
      where: `${PROFILE}/${target}`,
      problem: says,
    });
  });

  it.each(cases(scratchMoved))(
    'a folder of scratch files that is moved in %s',
    (target, { file, edit, says }) => {
      expect(findingsAfter(folder.path, file, edit)).toContainEqual({
        check: 'equivalence',
        where: `${PROFILE}/${target}`,
        problem: `lucid-auth-service.writable is ["${says}"] in the folder, where ["/tmp"] is generated`,
      });
    },
  );

  it.each(cases(fieldAdded))(
    'a field of %s nobody knows: a finding, no crash',
    (target, { file, edit, says }) => {
      expect(findingsAfter(folder.path, file, edit)).toContainEqual({
        check: 'unreadable',
        where: `${PROFILE}/${target}`,
        problem: expect.stringContaining(says),
      });
    },
  );

  it('text that is no YAML at all', () => {
    const findings = findingsAfter(folder.path, COMPOSE, () => 'services: [\n');
    expect(findings).toContainEqual(
      expect.objectContaining({ check: 'unreadable', where: `${PROFILE}/compose` }),
    );
  });

  it('each of these with an exit code and a line of its own', () => {
    const terminal = recordingTerminal();
    writeFileSync(join(folder.path, PROFILE, 'stray'), '');
    expect(() => check(folder.path, terminal, [PROFILE])).toThrow(
      expect.objectContaining({ code: 'check-failed', exitCode: 1 }),
    );
    rmSync(join(folder.path, PROFILE, 'stray'));
    expect(terminal.lines.at(-1)).toBe(`drift: ${PROFILE}/stray: nothing generates this file`);
  });
});
