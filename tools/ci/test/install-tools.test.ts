import { expect, test } from 'vitest';
import { installTools, type Machine } from '../src/install-tools.ts';

function machine(change: Partial<Machine> & { programs: readonly string[] }) {
  const commands: string[] = [];
  let starting = true;
  let cleared = 0;
  const value: Machine = {
    isRoot: true,
    hasSystemd: false,
    has: (program) => change.programs.includes(program),
    run: (command) => {
      commands.push(`${starting ? 'starting' : 'quietly'}: ${command.join(' ')}`);
    },
    clear: () => {
      cleared += 1;
    },
    startingNothing: (work) => {
      starting = false;
      work();
      starting = true;
    },
    ...change,
  };
  return { machine: value, commands, cleared: () => cleared };
}
const all = ['redis-server', 'haproxy', 'nginx', 'promtool', 'amtool', 'apt-get'];

test('nothing is done where nothing is missing', () => {
  const { machine: here, commands, cleared } = machine({ programs: all });
  expect(installTools(here)).toBeUndefined();
  expect(cleared()).toBe(1); // but for what an interrupted run left behind
  expect(commands).toEqual([]);
});

test('only what is missing is installed, and none of its servers is started', () => {
  const { machine: here, commands } = machine({ programs: all.filter((name) => name !== 'haproxy') });
  expect(installTools(here)).toBe('installed, and nothing of it started: haproxy');
  expect(commands).toEqual([
    expect.stringMatching(/^quietly: .* apt-get -qq update$/),
    expect.stringMatching(/^quietly: .* install -y --no-install-recommends haproxy$/),
  ]);
});

test('systemd is told not to start at the next boot what was installed', () => {
  const programs = all.filter((name) => name !== 'promtool');
  const { machine: here, commands } = machine({ programs, hasSystemd: true });
  installTools(here);
  expect(commands.at(-1)).toBe('starting: systemctl disable --now prometheus');
});

test.each([
  ['that needs root', { isRoot: false, programs: ['apt-get'] }],
  ['there is no apt-get', { programs: [] }],
])('the machine is left alone, with the reason: %s', (reason, change) => {
  const { machine: here, commands } = machine(change);
  expect(installTools(here)).toMatch(new RegExp(`^not installed, because ${reason}: redis-server, haproxy`));
  expect(commands).toEqual([]);
});

test('a mirror that does not answer is told and stops nothing', () => {
  const run = () => {
    throw new Error('apt-get ended with 100\nmore');
  };
  const { machine: here } = machine({ programs: ['apt-get'], run });
  expect(installTools(here)).toMatch(/^not installed, because apt failed: .* \(apt-get ended with 100\)$/);
});
