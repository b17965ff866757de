/** A database as its users see it: one name, however many members it has. */
export interface Store {
  readonly name: string;
  readonly scheme: 'mongodb' | 'redis' | 'http';
  /** Names of the services that are its members; connection strings list them in this order. */
  readonly members: readonly string[];
  /** Jobs that must have finished before the store can be used. */
  readonly initialisedBy: readonly string[];
  readonly port: number;
  readonly username: string;
  readonly passwordSecret: string | undefined;
  /** Query of the connection string: `authSource=admin&replicaSet=rs0`. */
  readonly options: Readonly<Record<string, string>>;
}

/** An edge to a store: one database of it, as one user. */
export interface StoreUse {
  readonly store: string;
  readonly variable: string;
  readonly database: string;
}

/**
 * `scheme://user:password@host:port[,host:port…]/database?options`. Generated passwords need no escaping.
 * @param authorities other addresses than the members' names, for engines that have their own
 */
export function connectionString(
  store: Store,
  use: StoreUse,
  password: string | undefined,
  authorities: readonly string[] = store.members.map((member) => `${member}:${store.port}`),
): string {
  const login = password === undefined ? '' : `${store.username}:${password}@`;
  const query = Object.entries(store.options)
    .map(([name, value]) => `${name}=${value}`)
    .join('&');
  return `${store.scheme}://${login}${authorities.join(',')}/${use.database}${query === '' ? '' : `?${query}`}`;
}
