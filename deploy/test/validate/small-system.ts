// A door, two replicas behind it, a payment part behind a wall, and one of each store.
import { defineSystem } from '../../src/model/define-system.ts';
import { images, ownImage } from '../../src/model/images.ts';
import type { System } from '../../src/model/types.ts';

const COUNT = { app: 'apps/data/data-init', image: ownImage('data-init') } as const;

/** @param mongoMembers one is a server alone @param redisMembers with one replica per master when six */
export function smallSystem(mongoMembers = 1, redisMembers = 1, searchMembers = 1): System {
  const names = (base: string, count: number) =>
    Array.from({ length: count }, (_, at) => (count === 1 ? base : `${base}-${at + 1}`));
  return defineSystem('small', (s) => {
    const network = s.network('small-network', { subnet: '172.20.0.0/16' });
    const wall = s.network('small-wallet-network', { subnet: '172.21.0.0/16', internal: true });
    const password = s.secret('redis-password', 'base64url-32');
    const data = { cluster: 'data', network } as const;

    const mongoNames = names('lucid-mongodb', mongoMembers);
    for (const name of mongoNames) s.store(name, { ...data, port: 27017, image: images.mongo });
    const mongo = s.logicalStore({
      name: 'lucid-mongodb',
      scheme: 'mongodb',
      members: mongoNames,
      port: 27017,
      username: 'lucid',
      passwordSecret: password.name,
      options: {},
    });
    const redisNames = names('lucid-redis', redisMembers);
    for (const name of redisNames)
      s.store(name, { ...data, port: 6379, image: images.redis })
        .secret('REDIS_PASSWORD', password)
        .probeBy({ kind: 'command', command: ['redis-cli', 'ping'] });
    s.job('lucid-redis-init', { ...data, ...COUNT }).env({
      REDIS_REPLICAS_PER_MASTER: redisMembers === 6 ? '1' : '0',
    });
    s.logicalStore({
      name: 'lucid-redis',
      scheme: 'redis',
      members: redisNames,
      initialisedBy: ['lucid-redis-init'],
      port: 6379,
      username: '',
      passwordSecret: password.name,
      options: {},
    });
    const searchNames = names('lucid-search', searchMembers);
    for (const name of searchNames) s.store(name, { ...data, port: 9200, image: images.elasticsearch });
    s.logicalStore({
      name: 'lucid-search',
      scheme: 'http',
      members: searchNames,
      port: 9200,
      username: '',
      passwordSecret: undefined,
      options: {},
    });
    const api = s
      .service('lucid-api', { cluster: 'sessions', port: 8087, network })
      .uses(mongo, 'lucid')
      .scale(2, 4);
    s.service('lucid-gateway', { cluster: 'gateway', port: 8080, network }).publishes(8080).calls(api);
    s.service('lucid-wallet', { cluster: 'tron', plane: 'wallet', port: 8088, network: wall });
  });
}
