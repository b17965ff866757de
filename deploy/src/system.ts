/**
 * The whole system on one page: every part, what it keeps, whom it calls. Names, ports, environment, secrets,
 * network rules and start order all follow from here, for every engine; nothing of it is typed twice.
 * Data tiers, the edge, the mesh and monitoring are drawn onto it by `tiers/`, as the profile wants them.
 */
import { defineSystem } from './model/define-system.ts';
import { images } from './model/images.ts';
import type { Share } from './model/policies.ts';
import { EGRESS_ALLOWED_HOSTS, SQUID_COMMAND, SQUID_PROBE, squidConfig } from './tiers/egress-proxy.ts';
import { drawSingleMongo } from './tiers/mongodb.ts';
import { drawRedis } from './tiers/redis.ts';

/** `share(0.5, 512)`: half a processor and 512 MiB. */
const share = (cpus: number, memoryMiB: number): Share => ({ cpus, memoryMiB });

/** The C library overwrites what is freed: plaintext passes through these, and none may stay. */
const forgets = { MALLOC_PERTURB_: '165' };

export const system = defineSystem('lucid', (s) => {
  const network = s.network('lucid-network', { subnet: '172.20.0.0/16' });
  const tronNetwork = s.network('lucid-tron-network', { subnet: '172.21.0.0/16', internal: true });
  const tronEgress = s.network('lucid-tron-egress', { subnet: '172.22.0.0/24', internal: true });
  const uplink = s.network('lucid-tron-uplink', { subnet: '172.22.1.0/24' });

  const mongoPassword = s.secret('mongo-password', 'base64url-32');
  const redisPassword = s.secret('redis-password', 'base64url-32');
  const jwtSecret = s.secret('jwt-secret', 'base64url-64');
  const mfaSecret = s.secret('mfa-secret', 'base64url-32');
  const encryptionKey = s.secret('encryption-key', 'hex-32');
  const spareEncryptionKey = s.secret('encryption-key-previous', 'hex-32');
  const manifestKey = s.secret('manifest-signing-key', 'ed25519-pem');
  const anchoringKey = s.secret('anchoring-signing-key', 'ed25519-pem');
  const validatorKey = s.secret('blockchain-validator-key', 'hex-32');
  const nodeId = s.secret('blockchain-node-id', 'hex-16');
  const walletKey = s.secret('wallet-key-encryption-key', 'hex-32');
  const tronMongoPassword = s.secret('tron-mongo-password', 'base64url-32');
  const tronRedisPassword = s.secret('tron-redis-password', 'base64url-32');

  // 08 storage. The embedded server stands for MongoDB until a profile's data tier puts the real one in its place.
  const mongo = s.logicalStore({
    name: 'lucid-mongodb',
    scheme: 'mongodb',
    members: ['lucid-mongodb'],
    port: 27017,
    username: 'lucid',
    passwordSecret: mongoPassword.name,
    options: { authSource: 'admin' },
  });
  const noPassword = { members: [], passwordSecret: undefined, username: '' };
  const redis = s.logicalStore({
    ...noPassword,
    name: 'lucid-redis',
    scheme: 'redis',
    port: 6379,
    passwordSecret: redisPassword.name,
  });
  const search = s.logicalStore({ ...noPassword, name: 'lucid-elasticsearch', scheme: 'http', port: 9200 });
  s.store('lucid-mongodb', { cluster: 'data', port: 27017, app: 'apps/data/embedded-mongodb', network })
    .env({ MONGO_INITDB_ROOT_USERNAME: 'lucid' })
    .secret('MONGO_INITDB_ROOT_PASSWORD', mongoPassword)
    .extraPort('HEALTH_PORT', 27018, { probe: true })
    .volume('lucid-mongo-data', '/data/db')
    .memory({ expectedMiB: 180, heapMiB: 512 })
    .resources(share(2, 4096), share(0.5, 1024))
    .pinned();

  // 09 authentication
  const auth = s
    .service('lucid-auth-service', { cluster: 'identity', port: 8089, network })
    .secret('JWT_SECRET', jwtSecret)
    .secret('MFA_SECRET', mfaSecret)
    .uses(mongo, 'lucid')
    .resources(share(1, 512), share(0.25, 192))
    .scale(1, 6);

  // 02 blockchain core
  const engine = s
    .service('lucid-blockchain-engine', { cluster: 'chain', plane: 'chain', port: 8084, network })
    .env({ CONSENSUS_ALGORITHM: 'PoOT', BLOCK_TIME_SECONDS: '10' })
    .secret('BLOCKCHAIN_VALIDATOR_KEY', validatorKey)
    .secret('BLOCKCHAIN_NODE_ID', nodeId)
    .volume('lucid-merkle-data', '/data/merkle', { sizeGiB: 1 }) // 32 bytes for a chunk: 33 million of them
    .uses(mongo, 'lucid_blocks')
    .resources(share(1, 1024), share(0.25, 192))
    .update({ order: 'stop-first' })
    .pinned()
    .council({
      members: 'lucid-blockchain-validator',
      key: 'BLOCKCHAIN_VALIDATOR_KEY',
      nodeId: 'BLOCKCHAIN_NODE_ID',
    }) // `--set blockchain-engine.validators=4`: each with a key, a name, a database and a folder of its own
    .scale(1, 1); // one validator key, one writer of blocks
  const anchoring = s
    .service('lucid-session-anchoring', { cluster: 'chain', plane: 'chain', port: 8085, network })
    .secret('ANCHORING_SIGNING_KEY', anchoringKey)
    .uses(mongo, 'lucid_blocks')
    .startsAfter(engine)
    .resources(share(0.5, 512), share(0.1, 192))
    .scale(1, 4);

  // 03 session management
  const recorder = s
    .service('lucid-session-recorder', { cluster: 'sessions', port: 8084, network })
    .env(forgets)
    .volume('lucid-session-data', '/data/sessions', { sizeGiB: 20 }) // half an hour of 10 MiB/s that storage does not take
    .uses(mongo, 'lucid')
    .memory({ heapMiB: 384 })
    .resources(share(1, 2048), share(0.5, 512))
    .update({ parallelism: 1, delaySeconds: 20, order: 'stop-first' })
    .restart({ delaySeconds: 10 })
    .scale(1, 10);
  const storage = s
    .service('lucid-session-storage', { cluster: 'sessions', port: 8086, network })
    .volume('lucid-session-storage-data', '/data/storage', { scope: 'shared', sizeGiB: 100 }) // all recordings: a beginning
    .uses(mongo, 'lucid')
    .resources(share(1, 1024), share(0.25, 192))
    .pinned()
    .scale(1, 6);
  const keys = s
    .service('lucid-session-keys', { cluster: 'sessions', port: 8090, network })
    .secret('ENCRYPTION_KEY', encryptionKey) // here and nowhere else: recordings are opened in one place
    .secret('ENCRYPTION_KEY_PREVIOUS', spareEncryptionKey) // wraps nothing until the two are swapped, and then what was
    .uses(mongo, 'lucid')
    .startsAfter(storage)
    .memory({ expectedMiB: 180 })
    .resources(share(0.5, 512), share(0.1, 192))
    .scale(1, 6);
  const processor = s
    .service('lucid-chunk-processor', { cluster: 'sessions', port: 8085, network })
    .env(forgets)
    .startsAfter(recorder, storage)
    .memory({ expectedMiB: 180, heapMiB: 384 })
    .resources(share(0.5, 1024), share(0.25, 256))
    .update({ parallelism: 3, delaySeconds: 10 })
    .scale(1, 20);
  const pipeline = s
    .service('lucid-session-pipeline', { cluster: 'sessions', port: 8083, network })
    .secret('MANIFEST_SIGNING_KEY', manifestKey)
    .uses(mongo, 'lucid')
    .startsAfter(processor, keys, anchoring)
    .resources(share(0.5, 1024), share(0.25, 256))
    .update({ parallelism: 2, delaySeconds: 15 })
    .restart({ delaySeconds: 10 })
    .scale(1, 10);
  const api = s
    .service('lucid-session-api', { cluster: 'sessions', port: 8087, network })
    .uses(mongo, 'lucid')
    .uses(redis, '0', 'REDIS_URI')
    .startsAfter(processor, keys, anchoring) // beside the pipeline: the two call each other
    .resources(share(1, 512), share(0.25, 192))
    .scale(1, 10);

  // 01 gateway: the only door
  const gateway = s
    .service('lucid-api-gateway', { cluster: 'gateway', port: 8080, network })
    .uses(redis, '0', 'REDIS_URI')
    .startsAfter(auth, api, pipeline)
    .publishes(8080)
    .resources(share(1, 2048), share(0.5, 512))
    .scale(1, 10); // a profile that scales begins at three

  // 04 remote desktops
  const rdpManager = s
    .service('lucid-rdp-manager', { cluster: 'rdp', port: 8090, network })
    .planned()
    .env({ RDP_PORT_RANGE_START: '13389', RDP_PORT_RANGE_END: '14389' })
    .uses(mongo, 'lucid')
    .uses(redis, '0', 'REDIS_URI')
    .resources(share(0.5, 1024), share(0.25, 256))
    .update({ parallelism: 1, delaySeconds: 30 })
    .restart({ delaySeconds: 15 })
    .scale(1, 5);
  const xrdp = s
    .service('lucid-xrdp', { cluster: 'rdp', port: 8091, network })
    .planned()
    .publishedPort({ port: 13_389, lastPort: 14_389, target: 13_389, host: '0.0.0.0' })
    .resources(share(1, 2048), share(0.5, 512))
    .update({ parallelism: 2, delaySeconds: 20, order: 'stop-first' })
    .restart({ delaySeconds: 10 })
    .scale(1, 5);
  const controller = s
    .service('lucid-session-controller', { cluster: 'rdp', port: 8092, network })
    .planned()
    .uses(mongo, 'lucid')
    .scale(1, 5);
  const monitor = s
    .service('lucid-resource-monitor', { cluster: 'rdp', port: 8093, network })
    .planned()
    .uses(mongo, 'lucid')
    .hostMount({ hostPath: '/proc', mountPath: '/host/proc' })
    .hostMount({ hostPath: '/sys', mountPath: '/host/sys' })
    .scale(1, 5);

  // 05 nodes, 06 admin
  const nodes = s
    .service('lucid-node-management', { cluster: 'nodes', port: 8095, network })
    .planned()
    .uses(mongo, 'lucid')
    .uses(redis, '0', 'REDIS_URI')
    .scale(1, 3);
  const admin = s
    .service('lucid-admin-interface', { cluster: 'admin', port: 8083, network })
    .planned()
    .uses(mongo, 'lucid')
    .uses(redis, '0', 'REDIS_URI')
    .uses(search, '', 'ELASTICSEARCH_URI')
    .scale(1, 2);

  // 07 TRON: one way in (the payment gateway), one way out (the client, through a proxy that knows two hosts)
  const tron = { cluster: 'tron', plane: 'wallet', network: tronNetwork } as const;
  const tronMongo = drawSingleMongo(s, {
    name: 'lucid-tron-mongodb',
    volume: 'lucid-tron-mongo-data',
    sizeGiB: 10, // payments, without sessions and chunks
    password: tronMongoPassword,
    init: tron,
  });
  const tronRedis = drawRedis(s, {
    name: 'lucid-tron-redis',
    volume: 'lucid-tron-redis-data',
    password: tronRedisPassword,
    use: 'queue',
    init: tron,
  });
  s.support('lucid-tron-egress-proxy', { ...tron, network: tronEgress, port: 3128, image: images.squid })
    .planned()
    .joins(uplink)
    .config({
      name: 'squid.conf',
      mountPath: '/etc/squid/squid.conf',
      content: squidConfig(EGRESS_ALLOWED_HOSTS),
    })
    .command(...SQUID_COMMAND)
    .probeBy(SQUID_PROBE)
    .resources(share(0.25, 128), share(0.05, 48));
  const tronClient = s
    .service('lucid-tron-client', { ...tron, port: 8085 })
    .planned()
    .joins(tronEgress)
    .env({
      TRON_NETWORK: 'mainnet',
      TRON_API_URL: 'https://api.trongrid.io',
      HTTPS_PROXY: 'http://lucid-tron-egress-proxy:3128',
    })
    .uses(tronMongo, 'lucid_payments')
    .reaches('lucid-tron-egress-proxy')
    .startsAfter('lucid-tron-egress-proxy');
  const payoutRouter = s
    .service('lucid-payout-router', { ...tron, port: 8086 })
    .planned()
    .uses(tronMongo, 'lucid_payments')
    .uses(tronRedis, '0', 'REDIS_URI');
  const wallets = s
    .service('lucid-wallet-manager', { ...tron, port: 8087 })
    .planned()
    .secret('WALLET_KEK', walletKey)
    .volume('lucid-wallet-data', '/data/wallets', { sizeGiB: 1 }) // keys, a few hundred bytes each
    .uses(tronMongo, 'lucid_payments')
    .update({ order: 'stop-first' })
    .pinned();
  const usdt = s
    .service('lucid-usdt-manager', { ...tron, port: 8088 })
    .planned()
    .env({ USDT_CONTRACT_ADDRESS: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t' })
    .uses(tronMongo, 'lucid_payments');
  const staking = s
    .service('lucid-trx-staking', { ...tron, port: 8089 })
    .planned()
    .uses(tronMongo, 'lucid_payments');
  const payments = s
    .service('lucid-payment-gateway', { ...tron, port: 8090 })
    .planned()
    .joins(network)
    .uses(tronMongo, 'lucid_payments')
    .uses(tronRedis, '0', 'REDIS_URI')
    .scale(1, 3);

  gateway.calls(auth, api, recorder, anchoring, engine, pipeline, rdpManager, nodes, admin, payments);
  api.calls(pipeline, recorder, keys, storage, anchoring, engine);
  pipeline.calls(api, recorder, keys, storage, anchoring, engine);
  processor.calls(recorder, storage);
  keys.calls(storage);
  anchoring.calls(engine);
  rdpManager.calls(gateway);
  xrdp.calls(rdpManager, api, recorder);
  controller.calls(xrdp, rdpManager);
  monitor.calls(controller);
  nodes.calls(gateway, engine, payments);
  admin.calls(gateway, auth, engine, api, rdpManager, nodes, payments);
  payments.calls(payoutRouter, wallets, usdt, staking);
  payoutRouter.calls(tronClient, usdt, wallets);
  wallets.calls(tronClient);
  usdt.calls(tronClient);
  staking.calls(tronClient, wallets);
});
