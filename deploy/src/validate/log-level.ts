/** How bad a log line is, in the formats of the software that runs here; undefined for lines that do not say. */
export interface LogEntry {
  readonly level: 'error' | 'fatal';
  readonly message: string;
}

const LEVELS: Readonly<Record<string, LogEntry['level']>> = {
  error: 'error',
  err: 'error',
  e: 'error', // MongoDB
  fatal: 'fatal',
  f: 'fatal', // MongoDB
  panic: 'fatal',
  critical: 'fatal', // Envoy
  alert: 'fatal', // HAProxy
  emerg: 'fatal', // nginx
};

/** `level=error … msg="…"` (Prometheus, Consul, exporters), `[ALERT] …` (HAProxy, nginx), `[…][critical]…` (Envoy). */
const PLAIN: readonly RegExp[] = [
  /\blevel="?(?<level>error|err|fatal|panic)"?\b.*?\b(?:msg|err)=(?<message>.*)$/i,
  /\[(?<level>ALERT|EMERG|CRITICAL|ERROR)\]\s*(?<message>.*)$/i,
];

/** Reads one line as it was written by an instance. Redaction is the writer's business and stays as it is. */
export function badEntryOf(line: string): LogEntry | undefined {
  if (line.startsWith('{')) return fromJson(line);
  for (const form of PLAIN) {
    const groups = form.exec(line)?.groups;
    const level = LEVELS[groups?.level?.toLowerCase() ?? ''];
    if (level) return { level, message: groups?.message?.trim() || line };
  }
  return undefined;
}

/** Ours say `level` and `msg`, MongoDB `s` and `msg`, Elasticsearch `log.level` and `message`. */
function fromJson(line: string): LogEntry | undefined {
  let fields: Readonly<Record<string, unknown>>;
  try {
    fields = JSON.parse(line) as Readonly<Record<string, unknown>>;
  } catch {
    return undefined; // cut off, or no JSON after all: it says nothing of itself
  }
  const said = fields.level ?? fields['log.level'] ?? fields.s;
  const level = typeof said === 'string' ? LEVELS[said.toLowerCase()] : undefined;
  if (!level) return undefined;
  const message = fields.msg ?? fields.message;
  return { level, message: typeof message === 'string' && message !== '' ? message : 'no message' };
}
