/** The body of a successful answer; anything else is an error, so that polling goes on. */
export async function get(address: string, path: string): Promise<string> {
  const response = await fetch(`http://${address}${path}`, { signal: AbortSignal.timeout(5_000) });
  const text = await response.text();
  if (!response.ok) throw new Error(`${response.status} ${text}`);
  return text;
}

/** A command for busybox that serves one page with this text on port 8080. */
export const pageServer = (text: string): string[] => [
  'sh',
  '-c',
  `mkdir /tmp/www && echo "${text}" >/tmp/www/index.html && exec httpd -f -p 8080 -h /tmp/www`,
];
