import { expect, it } from 'vitest';
import { get } from './http.ts';
import { describeImages } from './images-here.ts';

const CONFIG = `
global: { scrape_interval: 1s, evaluation_interval: 1s }
alerting: { alertmanagers: [{ static_configs: [{ targets: ['alerts:9093'] }] }] }
rule_files: [/etc/prometheus/rules.yml]
scrape_configs:
  - job_name: redis
    dns_sd_configs: [{ names: [redis-exporter], type: A, port: 9121, refresh_interval: 1s }]
`;
const RULES = `
groups:
  - name: proof
    rules: [{ alert: RedisIsUp, expr: redis_up == 1 }]
`;
const PATIENCE = { timeout: 60_000, interval: 500 };

await describeImages(
  ['prometheus', 'alertmanager', 'redis', 'redis-exporter'],
  'the images for monitoring',
  (containers) => {
    it('carry a fact from Redis through exporter and Prometheus to an alert', async () => {
      await containers().run('lucid-lab/redis:7', { name: 'redis' }, '--requirepass', 'sesame');
      const bare = ['--read-only', '--cap-drop', 'ALL'];
      await containers().run('lucid-lab/redis-exporter:1.45', {
        name: 'redis-exporter',
        flags: bare,
        files: { '/run/secrets/passwords.json': '{"redis://redis:6379":"sesame"}' },
        environment: { REDIS_ADDR: 'redis://redis:6379', REDIS_PASSWORD_FILE: '/run/secrets/passwords.json' },
      });
      const alerts = await containers().run('lucid-lab/alertmanager:0.25', {
        name: 'alerts',
        flags: bare,
        ports: [9093],
      });
      const prometheus = await containers().run('lucid-lab/prometheus:2.42', {
        name: 'prometheus',
        flags: bare,
        ports: [9090],
        files: { '/etc/prometheus/prometheus.yml': CONFIG, '/etc/prometheus/rules.yml': RULES },
      });
      const ready = async () =>
        (await prometheus.exec('wget', '-q', '-O', '-', 'http://127.0.0.1:9090/-/ready')).output;
      await expect.poll(ready, PATIENCE).toContain('Ready');
      const [metrics, alarms] = [await prometheus.address(9090), await alerts.address(9093)];
      const up = async () =>
        JSON.parse(await get(metrics, '/api/v1/query?query=redis_up')).data.result[0]?.value[1];
      await expect.poll(up, PATIENCE).toBe('1');
      await expect.poll(() => get(alarms, '/api/v2/alerts').catch(String), PATIENCE).toContain('RedisIsUp');
      expect(
        (await prometheus.exec('promtool', 'check', 'config', '/etc/prometheus/prometheus.yml')).output,
      ).toContain('SUCCESS');
      expect(await get(alarms, '/-/ready')).toContain('OK');
      expect([await prometheus.stop(), await alerts.stop()]).toEqual([0, 0]);
    }, 120_000);
  },
);
