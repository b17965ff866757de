/**
 * The whole system on one page: every part, what it keeps, whom it calls. Names, ports, environment, secrets,
 * network rules and start order all follow from here, for every engine; nothing of it is typed twice.
 */
import { defineSystem } from './model/define-system.ts';

export const system = defineSystem('lucid', (s) => {
  const network = s.network('lucid-network', { subnet: '172.20.0.0/16' });

  const mongoPassword = s.secret('mongo-password', 'base64url-32');
  const jwtSecret = s.secret('jwt-secret', 'base64url-64');
  const mfaSecret = s.secret('mfa-secret', 'base64url-32');
  const encryptionKey = s.secret('encryption-key', 'hex-32');
  const manifestKey = s.secret('manifest-signing-key', 'ed25519-pem');
  const anchoringKey = s.secret('anchoring-signing-key', 'ed25519-pem');
  const validatorKey = s.secret('blockchain-validator-key', 'hex-32');
  const nodeId = s.secret('blockchain-node-id', 'hex-16');

  // 08 storage
  const mongo = s
    .store('lucid-mongodb', {
      cluster: 'data',
      port: 27017,
      app: 'apps/data/embedded-mongodb',
      image: 'mongo:7.0',
      network,
    })
    .env({ MONGO_INITDB_ROOT_USERNAME: 'lucid' })
    .secret('MONGO_INITDB_ROOT_PASSWORD', mongoPassword)
    .access({ scheme: 'mongodb', username: 'lucid', passwordSecret: mongoPassword.name })
    .extraPort('HEALTH_PORT', 27018, { probe: true })
    .volume('lucid-mongo-data', '/data/db')
    .memory({ expectedMiB: 180, heapMiB: 512 });

  // 09 authentication
  const auth = s
    .service('lucid-auth-service', { cluster: 'identity', port: 8089, network })
    .secret('JWT_SECRET', jwtSecret)
    .secret('MFA_SECRET', mfaSecret)
    .uses(mongo, 'lucid')
    .scale(1, 6);

  // 02 blockchain core
  const engine = s
    .service('lucid-blockchain-engine', { cluster: 'chain', plane: 'chain', port: 8084, network })
    .env({ CONSENSUS_ALGORITHM: 'PoOT', BLOCK_TIME_SECONDS: '10' })
    .secret('BLOCKCHAIN_VALIDATOR_KEY', validatorKey)
    .secret('BLOCKCHAIN_NODE_ID', nodeId)
    .volume('lucid-merkle-data', '/data/merkle')
    .uses(mongo, 'lucid_blocks')
    .scale(1, 1); // one validator key, one writer of blocks
  const anchoring = s
    .service('lucid-session-anchoring', { cluster: 'chain', plane: 'chain', port: 8085, network })
    .secret('ANCHORING_SIGNING_KEY', anchoringKey)
    .uses(mongo, 'lucid_blocks')
    .startsAfter(engine)
    .scale(1, 4);

  // 03 session management
  const recorder = s
    .service('lucid-session-recorder', { cluster: 'sessions', port: 8084, network })
    .volume('lucid-session-data', '/data/sessions')
    .uses(mongo, 'lucid')
    .memory({ heapMiB: 384 })
    .scale(1, 10);
  const storage = s
    .service('lucid-session-storage', { cluster: 'sessions', port: 8086, network })
    .volume('lucid-session-storage-data', '/data/storage', 'shared')
    .uses(mongo, 'lucid')
    .scale(1, 6);
  const processor = s
    .service('lucid-chunk-processor', { cluster: 'sessions', port: 8085, network })
    .secret('ENCRYPTION_KEY', encryptionKey)
    .uses(mongo, 'lucid')
    .startsAfter(recorder, storage)
    .memory({ expectedMiB: 180, heapMiB: 384 })
    .scale(1, 20);
  const pipeline = s
    .service('lucid-session-pipeline', { cluster: 'sessions', port: 8083, network })
    .secret('MANIFEST_SIGNING_KEY', manifestKey)
    .uses(mongo, 'lucid')
    .startsAfter(processor, anchoring)
    .scale(1, 6);
  const api = s
    .service('lucid-session-api', { cluster: 'sessions', port: 8087, network })
    .uses(mongo, 'lucid')
    .startsAfter(processor, anchoring) // beside the pipeline: the two call each other
    .scale(1, 10);

  // 01 gateway: the only door
  const gateway = s
    .service('lucid-api-gateway', { cluster: 'gateway', port: 8080, network })
    .env({
      RATE_LIMIT_PUBLIC_REQ_PER_MIN: '100',
      RATE_LIMIT_AUTH_REQ_PER_MIN: '1000',
      RATE_LIMIT_ADMIN_REQ_PER_MIN: '10000',
    })
    .startsAfter(auth, api, pipeline)
    .publishes(8080)
    .scale(1, 6);

  gateway.calls(auth, api, recorder, anchoring, engine, pipeline);
  api.calls(pipeline, recorder, processor, storage, anchoring, engine);
  pipeline.calls(api, recorder, processor, storage, anchoring, engine);
  processor.calls(recorder, storage);
  anchoring.calls(engine);
});
