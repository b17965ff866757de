/** The two environments of the deployment guide: settings every profile takes one of. */
export interface Environment {
  readonly name: 'development' | 'production';
  /** For every service of our own. */
  readonly env: Readonly<Record<string, string>>;
  readonly services: Readonly<Record<string, Readonly<Record<string, string>>>>;
  /** Seconds between two probes, where those of the model (the guide's 30) are too rare. */
  readonly probeIntervalSeconds?: number;
}

/** `DEBUG` of the guide is `LOG_LEVEL=debug`; its sample passwords are generated secrets here. */
export const production: Environment = {
  name: 'production',
  env: { ENVIRONMENT: 'production', LOG_LEVEL: 'INFO' },
  services: {
    'lucid-api-gateway': {
      RATE_LIMIT_ENABLED: 'true',
      RATE_LIMIT_PUBLIC_REQ_PER_MIN: '100',
      RATE_LIMIT_AUTH_REQ_PER_MIN: '1000',
      RATE_LIMIT_ADMIN_REQ_PER_MIN: '10000',
    },
    'lucid-blockchain-engine': { CONSENSUS_ALGORITHM: 'PoOT', BLOCK_TIME_SECONDS: '10' },
    'lucid-tron-client': { TRON_NETWORK: 'mainnet', TRON_API_URL: 'https://api.trongrid.io' },
    'lucid-usdt-manager': { USDT_CONTRACT_ADDRESS: 'TR7NHqjeKQxGTCi8q8ZY4pL8otSzgjLj6t' },
  },
};

/** Limits stay on, at the guide's generous numbers, so that development meets them too. */
export const development: Environment = {
  name: 'development',
  env: { ENVIRONMENT: 'development', LOG_LEVEL: 'info' },
  // Containers wait for each other's health: a start of six steps takes half a minute instead of three.
  probeIntervalSeconds: 5,
  services: {
    'lucid-api-gateway': {
      RATE_LIMIT_ENABLED: 'true',
      RATE_LIMIT_PUBLIC_REQ_PER_MIN: '10000',
      RATE_LIMIT_AUTH_REQ_PER_MIN: '100000',
      RATE_LIMIT_ADMIN_REQ_PER_MIN: '1000000',
      LOGIN_RATE_LIMIT_PER_MIN: '1000',
    },
    'lucid-session-api': {
      MAX_CONCURRENT_SESSIONS_PER_USER: '100',
      RATE_LIMIT_CREATE_PER_MIN: '1000',
      RATE_LIMIT_READ_PER_MIN: '10000',
      RATE_LIMIT_UPDATE_PER_MIN: '5000',
      RATE_LIMIT_DELETE_PER_MIN: '500',
      RATE_LIMIT_CHUNK_PER_MIN: '100000',
      RATE_LIMIT_CONTROL_PER_MIN: '2000',
      RATE_LIMIT_STATISTICS_PER_MIN: '6000',
      RATE_LIMIT_BULK_PER_MIN: '500',
    },
    'lucid-blockchain-engine': { CONSENSUS_ALGORITHM: 'PoOT', BLOCK_TIME_SECONDS: '5' },
    // One developer rarely anchors ten sessions at once: waiting for more company only costs time.
    'lucid-session-anchoring': { ANCHORING_BATCH_WAIT_MS: '500' },
    'lucid-tron-client': { TRON_NETWORK: 'shasta', TRON_API_URL: 'https://api.shasta.trongrid.io' },
    'lucid-usdt-manager': { USDT_CONTRACT_ADDRESS: 'TG3XXyExBkPp9nzdajDZsozEu4BkaSJozs' },
  },
};
