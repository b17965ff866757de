import { Redis } from 'ioredis';
import { addressText, type RedisAddress } from '../../domain/redis/wanted.ts';

const TIMEOUT_MS = 3000;

/** One connection per node, kept while it works. Names are resolved anew for each connection. */
export interface Connections {
  /** A connection that is up. @throws when the node cannot be reached or refuses the password */
  to(address: RedisAddress): Promise<Redis>;
  /** Forgets a connection that failed. */
  drop(address: RedisAddress): void;
  close(): void;
}

/** @param password of the user `default` */
export function openConnections(password: string): Connections {
  const kept = new Map<string, Redis>();
  const drop = (address: RedisAddress): void => {
    kept.get(addressText(address))?.disconnect();
    kept.delete(addressText(address));
  };
  return {
    to: async (address) => {
      const known = kept.get(addressText(address));
      if (known?.status === 'ready') return known;
      drop(address);
      const made = new Redis({
        ...address,
        password,
        protocol: 2,
        lazyConnect: true,
        enableReadyCheck: false,
        enableOfflineQueue: false,
        disableClientInfo: true,
        connectTimeout: TIMEOUT_MS,
        commandTimeout: TIMEOUT_MS,
        maxRetriesPerRequest: 0,
        retryStrategy: null,
      });
      let failure: Error | undefined;
      made.on('error', (error: Error) => {
        failure = error;
      });
      try {
        await made.connect();
      } catch (error) {
        made.disconnect();
        throw failure ?? error;
      }
      kept.set(addressText(address), made);
      return made;
    },
    drop,
    close: () => {
      for (const connection of kept.values()) connection.disconnect();
      kept.clear();
    },
  };
}
