/** Answers of the engine that mean something here (see docs/errors.md, 61xx). */
export const ENGINE = {
  unknownTransaction: 'LUCID_ERR_6101',
  tooOld: 'LUCID_ERR_6104',
  conflict: 'LUCID_ERR_6105',
  full: 'LUCID_ERR_6106',
  dropped: 'LUCID_ERR_6107',
} as const;

export type Refusal = 'ask' | 'sign_anew' | 'later' | 'refused';

/** What to do about one refused transaction of a batch. */
export function meaningOf(code: string): Refusal {
  switch (code) {
    case ENGINE.tooOld:
    case ENGINE.conflict:
      return 'ask';
    case ENGINE.dropped:
      return 'sign_anew';
    case ENGINE.full:
      return 'later';
    default:
      return 'refused';
  }
}
