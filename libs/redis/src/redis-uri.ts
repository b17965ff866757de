/** Where a Redis is, and how to log in. */
export interface RedisTarget {
  readonly hosts: readonly RedisHost[];
  readonly username?: string;
  readonly password?: string;
  /** 0 in a cluster, which has no other. */
  readonly database: number;
  /** The hosts are members of one Redis Cluster; the others are learned from them. */
  readonly isCluster: boolean;
}

export interface RedisHost {
  readonly host: string;
  readonly port: number;
}

const FORM = /^redis:\/\/(?:([^@/?#]*)@)?([^@/?#]+)(?:\/(\d{0,4}))?(?:\?([^#]*))?$/;
const DEFAULT_PORT = 6379;

const refuse = (sentence: string): never => {
  throw new Error(`REDIS_URI ${sentence}`);
};

/**
 * Reads `redis://[user]:password@host:port/database`, or `redis://:password@host1:port,host2:port,…/?cluster=true` for a Redis
 * Cluster. Several hosts are always a cluster; `cluster=true` says that a single one is the entrance to it. User and password
 * are percent-decoded; the port is 6379 when missing.
 * @throws Error that says what is wrong and never quotes a part of the URI
 */
export function parseRedisUri(uri: string): RedisTarget {
  const [, login, hostList = '', databaseText, query] =
    FORM.exec(uri) ?? refuse('must look like redis://:password@host:port/0');
  const hosts = hostList.split(',').map(parseHost);
  const isCluster = parseCluster(query, hosts.length);
  const database = Number(databaseText ?? '');
  if (isCluster && database !== 0) refuse('names a database, and a cluster has only database 0');
  return { hosts, ...parseLogin(login), database, isCluster };
}

function parseHost(text: string): RedisHost {
  const [, bracketed, plain, port] = /^(?:\[([\da-fA-F:.]+)\]|([^:[\]\s]+))(?::(\d{1,5}))?$/.exec(text) ?? [];
  const host = bracketed ?? plain ?? refuse('has a host that is not host or host:port');
  const number = port === undefined ? DEFAULT_PORT : Number(port);
  if (number < 1 || number > 65535) refuse('has a port that is not between 1 and 65535');
  return { host, port: number };
}

function parseLogin(login: string | undefined): Pick<RedisTarget, 'username' | 'password'> {
  if (login === undefined) return {};
  const colon = login.indexOf(':');
  if (colon < 0) refuse('names a user without a password: write :password@ or user:password@');
  const [username, password] = [decoded(login.slice(0, colon)), decoded(login.slice(colon + 1))];
  if (password === '') refuse('has an empty password');
  return username === '' ? { password } : { username, password };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return refuse('has a user or password that is not percent-encoded'); // all that the URIError says
  }
}

function parseCluster(query: string | undefined, hostCount: number): boolean {
  const options = new URLSearchParams(query ?? '');
  for (const name of options.keys()) if (name !== 'cluster') refuse('has an option other than cluster');
  const said = options.get('cluster');
  if (said !== null && said !== 'true' && said !== 'false') refuse('needs cluster=true or cluster=false');
  if (said === 'false' && hostCount > 1) refuse('has several hosts, which only a cluster has');
  return said === 'true' || hostCount > 1;
}
