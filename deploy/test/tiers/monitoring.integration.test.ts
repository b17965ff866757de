import { spawnSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { stringify } from 'yaml';
import { alertmanagerConfig } from '../../src/tiers/monitoring/alertmanager-config.ts';
import { dashboardsOf } from '../../src/tiers/monitoring/dashboards/all.ts';
import { SCENES, sceneTest } from './support/alert-scenes.ts';
import { installed, suite } from './support/installed.ts';
import { composed, configIn } from './support/systems.ts';

vi.setConfig({ testTimeout: 30_000, hookTimeout: 30_000 });
const PROFILES = ['production', 'scale', 'vertical', 'autoscale'];
const hasPromtool = installed('promtool', '--version');
const hasAmtool = installed('amtool', '--version');
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), 'lucid-monitoring-'));
});
afterAll(() => rmSync(dir, { recursive: true, force: true }));

function write(name: string, content: string): string {
  const path = join(dir, name);
  writeFileSync(path, content);
  return path;
}

function succeeds(program: string, ...args: readonly string[]): void {
  const { status, stdout, stderr } = spawnSync(program, args, { encoding: 'utf8' });
  expect(`${stdout}${stderr}`).not.toContain('FAILED');
  expect(status, `${stdout}${stderr}`).toBe(0);
}

describe.skipIf(!hasPromtool)(suite('promtool', 'promtool', hasPromtool), () => {
  it.each(PROFILES)('accepts the configuration and the rules of %s', (profile) => {
    const system = composed(profile);
    const rules = write('lucid.yml', configIn(system, 'prometheus-rules.yml'));
    const token = write('metrics-token', 'token');
    const config = configIn(system, 'prometheus.yml')
      .replace('/etc/prometheus/rules/lucid.yml', rules)
      .replaceAll('/run/secrets/metrics-token', token);
    succeeds('promtool', 'check', 'rules', rules);
    succeeds('promtool', 'check', 'config', write('prometheus.yml', config));
  });

  it('accepts every query of every dashboard', () => {
    const expressions = dashboardsOf(composed('scale')).flatMap(({ panels }) =>
      panels.flatMap(({ queries }) => queries.map(({ expr }) => expr)),
    );
    const rules = expressions.map((expr, at) => ({ record: `dashboard:query_${at}`, expr }));
    expect(rules.length).toBeGreaterThan(50);
    succeeds(
      'promtool',
      'check',
      'rules',
      write('dashboards.yml', stringify({ groups: [{ name: 'queries', rules }] })),
    );
  });

  it.each(SCENES)('$what', (scene) => {
    write('lucid.yml', configIn(composed('scale'), 'prometheus-rules.yml'));
    const tests = { rule_files: ['lucid.yml'], evaluation_interval: '15s', tests: [sceneTest(scene)] };
    succeeds('promtool', 'test', 'rules', write('scene.yml', stringify(tests)));
  });
});

describe.skipIf(!hasAmtool)(suite('amtool', 'amtool', hasAmtool), () => {
  it.each([{}, { webhookUrl: 'http://hook.example/alerts' }])('accepts the routes with %o', (receivers) => {
    succeeds('amtool', 'check-config', write('alertmanager.yml', alertmanagerConfig(receivers)));
  });

  it.each([
    ['critical', 'critical'],
    ['warning', 'warning'],
    ['other', 'nobody'],
  ])('leads what is %s to %s', (severity, receiver) => {
    const config = write('alertmanager.yml', alertmanagerConfig());
    const { stdout } = spawnSync(
      'amtool',
      ['config', 'routes', 'test', '--config.file', config, `severity=${severity}`],
      { encoding: 'utf8' },
    );
    expect(stdout.trim()).toBe(receiver);
  });
});
