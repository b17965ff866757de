export const PASSWORD_MIN_CHARACTERS = 12;
export const PASSWORD_MAX_CHARACTERS = 128;

const RULES: readonly [RegExp, string][] = [
  [/\p{Lu}/u, 'has no upper-case letter'],
  [/\p{Ll}/u, 'has no lower-case letter'],
  [/\p{Nd}/u, 'has no digit'],
];

/** What is wrong with a new password; empty when it will do. Never applied at login. */
export function passwordProblems(password: string): string[] {
  const length = [...password].length;
  const lengthProblems = [
    ...(length < PASSWORD_MIN_CHARACTERS ? [`has fewer than ${PASSWORD_MIN_CHARACTERS} characters`] : []),
    ...(length > PASSWORD_MAX_CHARACTERS ? [`has more than ${PASSWORD_MAX_CHARACTERS} characters`] : []),
  ];
  return [
    ...lengthProblems,
    ...RULES.filter(([pattern]) => !pattern.test(password)).map(([, problem]) => problem),
  ];
}
