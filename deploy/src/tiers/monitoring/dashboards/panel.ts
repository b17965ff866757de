import { MONITORING } from '../names.ts';

/** Grafana's names for units. */
export type Unit = 'none' | 'short' | 's' | 'bytes' | 'reqps' | 'ops' | 'percentunit' | 'Bps';

export interface Query {
  readonly expr: string;
  /** `{{service}}`: what a line is called. */
  readonly legend: string;
}

export interface Panel {
  readonly title: string;
  readonly kind: 'timeseries' | 'stat';
  readonly unit: Unit;
  readonly queries: readonly Query[];
}

/** Lines over time. */
export const lines = (title: string, unit: Unit, ...queries: readonly Query[]): Panel => ({
  title,
  kind: 'timeseries',
  unit,
  queries,
});

/** The numbers of this moment. */
export const numbers = (title: string, unit: Unit, ...queries: readonly Query[]): Panel => ({
  title,
  kind: 'stat',
  unit,
  queries,
});

export const query = (expr: string, legend: string): Query => ({ expr, legend });

/** `q` of a histogram over five minutes, by labels. @param by besides `le` */
export function quantile(q: number, histogram: string, by: readonly string[] = ['service']): string {
  return `histogram_quantile(${q}, sum by (${[...by, 'le'].join(', ')}) (rate(${histogram}_bucket[5m])))`;
}

/** Per second over five minutes, summed by labels. */
export function perSecond(counter: string, by: readonly string[] = ['service'], selector = ''): string {
  return `sum by (${by.join(', ')}) (rate(${counter}${selector}[5m]))`;
}

/** One panel as Grafana keeps it. Ids and places follow from the order alone. */
export function panelJson({ title, kind, unit, queries }: Panel, at: number) {
  const datasource = { type: 'prometheus', uid: MONITORING.datasource };
  return {
    id: at + 1,
    title,
    type: kind,
    datasource,
    gridPos: { h: 8, w: 12, x: (at % 2) * 12, y: Math.floor(at / 2) * 8 },
    fieldConfig: { defaults: { unit, min: 0 }, overrides: [] },
    options: kind === 'stat' ? STAT_OPTIONS : LINE_OPTIONS,
    targets: queries.map(({ expr, legend }, number) => ({
      refId: String.fromCharCode(65 + number),
      datasource,
      expr,
      legendFormat: legend,
      instant: kind === 'stat',
    })),
  };
}

const STAT_OPTIONS = {
  reduceOptions: { calcs: ['lastNotNull'], fields: '', values: false },
  textMode: 'auto',
  colorMode: 'value',
  graphMode: 'none',
};
const LINE_OPTIONS = {
  legend: { displayMode: 'list', placement: 'bottom', showLegend: true },
  tooltip: { mode: 'multi', sort: 'desc' },
};
