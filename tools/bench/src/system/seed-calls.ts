/** One loop of the scaling guide’s benchmark script. */
export interface SeedCall {
  /** What the script says before the loop. */
  readonly title: string;
  /** Without `lucid-`; the script finds it by its port, which several services share. */
  readonly service: string;
  readonly method: 'GET' | 'POST';
  readonly path: string;
  readonly body?: string;
  readonly times: number;
  /** The script sends no tokens: what needs one answers 401. */
  readonly expectedStatus: number;
}

/** The loops in their order, with their bodies to the letter. */
export const seedCalls: readonly SeedCall[] = [
  {
    title: 'health',
    service: 'api-gateway',
    method: 'GET',
    path: '/health',
    times: 100,
    expectedStatus: 200,
  },
  {
    title: 'authentication',
    service: 'api-gateway',
    method: 'POST',
    path: '/api/v1/auth/login',
    body: '{"email":"test@example.com","password":"testpassword"}',
    times: 50,
    expectedStatus: 401,
  },
  {
    title: 'session creation',
    service: 'api-gateway',
    method: 'POST',
    path: '/api/v1/sessions',
    body: '{"name":"Test Session","description":"Benchmark test"}',
    times: 50,
    expectedStatus: 401,
  },
  {
    title: 'blockchain info',
    service: 'blockchain-engine',
    method: 'GET',
    path: '/api/v1/blockchain/info',
    times: 100,
    expectedStatus: 200,
  },
  {
    title: 'block creation',
    service: 'blockchain-engine',
    method: 'POST',
    path: '/api/v1/blocks',
    body: '{"transactions":[],"previous_hash":"test"}',
    times: 50,
    expectedStatus: 401,
  },
  {
    title: 'session pipeline',
    service: 'session-pipeline',
    method: 'GET',
    path: '/api/v1/pipeline/status',
    times: 50,
    expectedStatus: 200,
  },
  {
    title: 'session recording',
    service: 'session-recorder',
    method: 'GET',
    path: '/api/v1/recording/status',
    times: 50,
    expectedStatus: 200,
  },
  {
    title: 'chunk processing',
    service: 'chunk-processor',
    method: 'GET',
    path: '/api/v1/processing/status',
    times: 50,
    expectedStatus: 200,
  },
];
