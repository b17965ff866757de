/** One finding, led by what found it. */
export interface Finding {
  readonly check: 'rules' | 'uncompared' | 'unrenderable' | 'drift' | 'unreadable' | 'equivalence' | 'losses';
  /** A profile, a profile and a target, or a file. */
  readonly where: string;
  readonly problem: string;
}
