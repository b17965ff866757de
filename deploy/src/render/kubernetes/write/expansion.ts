/**
 * Kubernetes replaces `$(NAME)` in commands and variables, and reads `$$` as one dollar. Texts of the model mean what
 * they say, so their dollars are written double where they would be taken for more than a dollar.
 */
export function escapeDollars(text: string): string {
  return text.replaceAll(/\$(?=[$(])/g, '$$$$');
}

/** What the kubelet makes of a text without references. */
export function unescapeDollars(text: string): string {
  return text.replaceAll('$$', () => '$');
}
