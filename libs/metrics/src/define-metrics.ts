import { Counter, Gauge, Histogram, type Registry } from 'prom-client';

interface Common<Labels extends string> {
  help: string;
  labels?: readonly Labels[];
}
export type CounterDefinition<Labels extends string = string> = Common<Labels> & { kind: 'counter' };
export type GaugeDefinition<Labels extends string = string> = Common<Labels> & { kind: 'gauge' };
export type HistogramDefinition<Labels extends string = string> = Common<Labels> & {
  kind: 'histogram';
  buckets: readonly number[];
};
export type MetricDefinition = CounterDefinition | GaugeDefinition | HistogramDefinition;

export type MetricDefinitions = Record<string, MetricDefinition>;

type Instrument<Definition> =
  Definition extends CounterDefinition<infer Labels>
    ? Counter<Labels>
    : Definition extends GaugeDefinition<infer Labels>
      ? Gauge<Labels>
      : Definition extends HistogramDefinition<infer Labels>
        ? Histogram<Labels>
        : never;

export type Instruments<Definitions> = {
  readonly [Name in keyof Definitions]: Instrument<Definitions[Name]>;
};

export const counter = <const Labels extends string = never>(
  given: Common<Labels>,
): CounterDefinition<Labels> => ({ kind: 'counter', ...given });
export const gauge = <const Labels extends string = never>(
  given: Common<Labels>,
): GaugeDefinition<Labels> => ({ kind: 'gauge', ...given });
export const histogram = <const Labels extends string = never>(
  given: Common<Labels> & { buckets: readonly number[] },
): HistogramDefinition<Labels> => ({ kind: 'histogram', ...given });

/** Seconds, for request-like durations. */
export const DURATION_BUCKETS = [
  0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10,
] as const;

/** What a service's `src/metrics.ts` exports. Names carry their unit (`_seconds`, `_bytes`, `_total`). */
export interface Metrics<Definitions extends MetricDefinitions> {
  readonly definitions: Definitions;
  /** Makes the instruments in a registry; call once per registry. */
  register(registry: Registry): Instruments<Definitions>;
}

export function defineMetrics<const Definitions extends MetricDefinitions>(
  definitions: Definitions,
): Metrics<Definitions> {
  return {
    definitions,
    register: (registry) =>
      Object.fromEntries(
        Object.entries(definitions).map(([name, definition]) => [
          name,
          instrument(name, definition, registry),
        ]),
      ) as Instruments<Definitions>,
  };
}

function instrument(name: string, definition: MetricDefinition, registry: Registry) {
  const common = {
    name,
    help: definition.help,
    labelNames: [...(definition.labels ?? [])],
    registers: [registry],
  };
  switch (definition.kind) {
    case 'counter':
      return new Counter(common);
    case 'gauge':
      return new Gauge(common);
    case 'histogram':
      return new Histogram({ ...common, buckets: [...definition.buckets] });
  }
}
