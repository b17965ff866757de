/** One place apt fetches binary packages from. */
export interface AptSource {
  readonly uri: string;
  readonly suites: readonly string[];
  readonly components: readonly string[];
  readonly signedBy: string | undefined;
}

/** Reads the one-line format: `deb [options] uri suite component…`; see sources.list(5). */
export function parseOneLine(text: string): AptSource[] {
  return text.split('\n').flatMap((line) => {
    const match = /^\s*deb\s+(?:\[([^\]]*)\]\s+)?(\S+)\s+(\S+)\s*([^#]*)/.exec(line);
    if (match === null) return [];
    const [, options = '', uri = '', suite = '', components = ''] = match;
    return [
      {
        uri,
        suites: [suite],
        components: components.split(/\s+/).filter(Boolean),
        signedBy: /signed-by=(\S+)/.exec(options)?.[1],
      },
    ];
  });
}

/** Reads the deb822 format: stanzas of `Field: value`, comments by `#`, continuation lines indented. */
export function parseDeb822(text: string): AptSource[] {
  const plain = text
    .split('\n')
    .filter((line) => !line.startsWith('#'))
    .join('\n');
  return plain.split(/\n\s*\n/).flatMap((stanza) => {
    const fields = new Map<string, string>();
    for (const [, name = '', value = ''] of stanza.matchAll(/^([\w-]+):((?:.*)(?:\n[ \t].*)*)/gm))
      fields.set(name.toLowerCase(), value.trim());
    const words = (name: string) => (fields.get(name) ?? '').split(/\s+/).filter(Boolean);
    if (!words('types').includes('deb') || /^(no|false|0)$/i.test(fields.get('enabled') ?? '')) return [];
    return words('uris').map((uri) => ({
      uri,
      suites: words('suites'),
      components: words('components'),
      signedBy: fields.get('signed-by'),
    }));
  });
}

/**
 * The mirror of Debian itself among the sources: it carries `main` of the machine's own release.
 * Third parties may do so too, so a source with `-updates`, Debian's key or a path `/debian` goes first.
 * A wrong guess does no harm: debootstrap checks Debian's signature.
 */
export function chooseMirror(sources: readonly AptSource[], codename: string): string | undefined {
  const fits = sources.filter(
    (source) => source.suites.includes(codename) && source.components.includes('main'),
  );
  const score = (source: AptSource) =>
    Number(source.signedBy?.includes('debian-archive') ?? false) +
    Number(/\/debian\/?$/.test(source.uri)) +
    Number(sources.some((other) => other.uri === source.uri && other.suites.includes(`${codename}-updates`)));
  return fits.sort((a, b) => score(b) - score(a))[0]?.uri;
}
