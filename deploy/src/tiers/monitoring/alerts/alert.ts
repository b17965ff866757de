export interface Alert {
  readonly alert: string;
  readonly expr: string;
  /** How long it must hold: `2m`. */
  readonly after: string;
  readonly severity: 'warning' | 'critical';
  readonly summary: string;
  /** What it means and where to look. */
  readonly description: string;
}
