/** The forms a service's name takes in code. */
export interface Names {
  /** `session-replay` */
  readonly name: string;
  /** `lucid-session-replay`, as in DNS, tokens and envelopes */
  readonly dnsName: string;
  /** `sessionReplay` */
  readonly camel: string;
  /** `SessionReplay` */
  readonly pascal: string;
  /** `session_replay`, for metrics */
  readonly snake: string;
  /** `Session replay`, for people */
  readonly title: string;
}

export function namesOf(name: string): Names {
  const words = name.split('-');
  const pascal = words.map(capital).join('');
  return {
    name,
    dnsName: `lucid-${name}`,
    camel: pascal.charAt(0).toLowerCase() + pascal.slice(1),
    pascal,
    snake: words.join('_'),
    title: capital(words.join(' ')),
  };
}

const capital = (word: string): string => word.charAt(0).toUpperCase() + word.slice(1);
