import { type Panel, panelJson } from './panel.ts';

export interface Dashboard {
  /** Part of its address and file name: `overview`. */
  readonly name: string;
  readonly title: string;
  readonly panels: readonly Panel[];
}

/** The file Grafana reads; equal input, equal text. */
export function dashboardJson({ name, title, panels }: Dashboard): string {
  const model = {
    uid: `lucid-${name}`,
    title,
    tags: ['lucid'],
    schemaVersion: 38,
    version: 1,
    editable: false,
    refresh: '30s',
    time: { from: 'now-1h', to: 'now' },
    timezone: 'utc',
    panels: panels.map(panelJson),
  };
  return `${JSON.stringify(model, null, 2)}\n`;
}
