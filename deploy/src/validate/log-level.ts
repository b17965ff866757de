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
  '50': 'error', // pino without names
  '60': 'fatal',
};

/** `level=error … msg="…"` (Prometheus, Consul, exporters), `[ALERT] …` (HAProxy, nginx), `[…][critical]…` (Envoy). */
const PLAIN: readonly RegExp[] = [
  /\blevel="?(?<level>error|err|fatal|panic)"?\b.*?\b(?:msg|err)=(?<message>.*)$/i,
  /\[(?<level>ALERT|EMERG|CRITICAL|ERROR)\]\s*(?<message>.*)$/i,
];

/** What is said at the wrong level by software we do not write: redis_exporter tells so that it has read its passwords. */
const NO_ERRORS: readonly RegExp[] = [/^"?Loaded \d+ entries from /];

/** Reads one line as it was written by an instance. Redaction is the writer's business and stays as it is. */
export function badEntryOf(line: string): LogEntry | undefined {
  const entry = entryOf(line);
  return entry && NO_ERRORS.some((known) => known.test(entry.message)) ? undefined : entry;
}

function entryOf(line: string): LogEntry | undefined {
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
  const level = LEVELS[String(said).toLowerCase()];
  if (!level) return undefined;
  const message = fields.msg ?? fields.message;
  return { level, message: typeof message === 'string' && message !== '' ? message : 'no message' };
}
