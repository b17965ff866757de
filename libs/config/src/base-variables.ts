import { integer, list, oneOf, secret, text, url } from './variable.ts';

/** What every service understands. @param port the seeds' container port */
export const baseVariables = (service: string, port: number) => ({
  SERVICE_NAME: text({ doc: 'Name in logs, tokens and error envelopes.', default: service }),
  INSTANCE_ID: text({ doc: 'Which replica this is.', default: `${service}-1` }),
  HOST: text({ doc: 'Address to listen on.', default: '0.0.0.0' }),
  PORT: integer({ doc: 'Port to listen on.', default: port, min: 0, max: 65535 }),
  ADVERTISED_ADDRESS: text({
    doc: 'host:port under which other services reach this very instance; HOST:PORT when unset.',
  }),
  ENVIRONMENT: oneOf(['development', 'test', 'production'], {
    doc: 'What kind of deployment this is.',
    default: 'development',
  }),
  LOG_LEVEL: oneOf(
    ['trace', 'debug', 'info', 'warn', 'error', 'fatal', 'TRACE', 'DEBUG', 'INFO', 'WARN', 'ERROR', 'FATAL'],
    { doc: 'Least severe level that is logged.', default: 'info' },
  ),
  METRICS_TOKEN: secret({ doc: 'When set, /metrics demands it as bearer token.' }),
  DRAIN_DELAY_MS: integer({
    doc: 'How long the service keeps serving after readiness went off; longer than the 1 s in which callers learn of it.',
    default: 1500,
    min: 0,
    max: 60_000,
  }),
  SHUTDOWN_DEADLINE_MS: integer({
    doc: 'Longest time each step of the shutdown may take.',
    default: 8000,
    min: 100,
    max: 120_000,
  }),
});

/** For services that call or are called by others. */
export const meshVariables = () => ({
  DNS_SERVERS: list({
    doc: 'ip:port of the DNS servers that know the services; the operating system’s when empty.',
  }),
  DISCOVERY_RECORD: oneOf(['a', 'srv'], {
    doc: 'Record type asked for; srv where instances differ by port.',
    default: 'a',
  }),
  SERVICE_PRIVATE_KEY: secret({ doc: 'Ed25519 private key of this instance, PKCS#8 PEM.', required: true }),
  SERVICE_KEYS_FILE: text({
    doc: 'JSON file with the public keys of every instance of the deployment.',
    required: true,
  }),
  ALLOWED_CALLERS: list({ doc: 'Services the topology lets call this one.' }),
});

/** For services that keep state in MongoDB. */
export const mongoVariables = () => ({
  MONGODB_URI: secret({
    doc: 'Connection string, with the database in its path.',
    required: true,
    pattern: /^mongodb(\+srv)?:\/\//,
  }),
});

/** For services through whose hands plaintext goes and in whose memory none may stay. */
export const plaintextVariables = () => ({
  MALLOC_PERTURB_: integer({
    doc: 'Read by the C library (glibc), not by us: freed memory is overwritten with this byte. Unset, pieces of plaintext stay in it until it is used again.',
    min: 1,
    max: 255,
  }),
});

/** For services that share through Redis what may be lost. */
export const redisVariables = () => ({
  REDIS_URI: secret({
    doc: 'redis://:password@host:6379/0, or redis://:password@host1:6379,host2:6379/?cluster=true for a Redis Cluster; without it each replica keeps in memory what replicas would share.',
    pattern: /^redis:\/\//,
  }),
});

/** `http://lucid-x:port` of a service that this one calls. */
export const serviceUrl = (name: string, port: number) =>
  url({ doc: `Base URL of ${name}.`, default: `http://${name}:${port}` });
