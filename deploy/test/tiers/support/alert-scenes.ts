/** Ten minutes of a system's life each, and which alerts of those looked at are firing after eight. */
export interface Scene {
  readonly what: string;
  /** In promtool's notation, one value every 15 s. */
  readonly series: Readonly<Record<string, string>>;
  readonly looksAt: readonly string[];
  /** `alert service`, for each that fires. */
  readonly fires: readonly string[];
}

const MIB = 1024 * 1024;
const AUTH = 'service="lucid-auth-service", instance="a:8089", job="lucid-auth"';
const GATEWAY = 'service="lucid-api-gateway", instance="g:8080", job="lucid-api-gateway"';
const ENGINE = 'service="lucid-blockchain-engine", instance="e:8084", job="lucid-blockchain"';
const ANCHORING = 'service="lucid-session-anchoring", instance="a:8085", job="lucid-blockchain"';
const CHAIN = [
  'BlockGap',
  'ConsensusFails',
  'ValidatorsOutOfReach',
  'ValidatorsContradictThemselves',
  'ChainDamaged',
];
const RECORDER = 'service="lucid-session-recorder", instance="r:8084", job="lucid-session"';
const STORAGE = 'service="lucid-session-storage", instance="s:8086", job="lucid-session"';
const KEYS = 'service="lucid-session-keys", instance="k:8090", job="lucid-session"';
const PIPELINE = 'service="lucid-session-pipeline", instance="p:8083", job="lucid-session"';
const SESSION_API = 'service="lucid-session-api", instance="a:8087", job="lucid-session"';
const USE = ['HighMemoryUsage', 'HighCPUUsage', 'ServiceDown'];

export const SCENES: readonly Scene[] = [
  {
    what: 'stays silent when all is well: 400 of 512 MiB, half a processor of one, everybody answers',
    series: {
      [`up{${AUTH}}`]: '1x40',
      [`process_resident_memory_bytes{${AUTH}}`]: `${400 * MIB}x40`,
      [`process_cpu_seconds_total{${AUTH}}`]: '0+7.5x40',
      [`http_requests_total{${GATEWAY}, status="200"}`]: '0+100x40',
      [`blockchain_writer{${ENGINE}}`]: '1x40',
    },
    looksAt: [...USE, 'GatewayErrors', 'NoBlockWriter', 'TwoBlockWriters'],
    fires: [],
  },
  {
    what: 'warns of 480 of 512 MiB and of nine tenths of a processor',
    series: {
      [`process_resident_memory_bytes{${AUTH}}`]: `${480 * MIB}x40`,
      [`process_cpu_seconds_total{${AUTH}}`]: '0+13.5x40',
    },
    looksAt: USE,
    fires: ['HighCPUUsage lucid-auth-service', 'HighMemoryUsage lucid-auth-service'],
  },
  {
    what: 'tells that an instance is found and does not answer',
    series: { [`up{${AUTH}}`]: '1x10 0x30' },
    looksAt: USE,
    fires: ['ServiceDown lucid-auth-service'],
  },
  {
    what: 'counts server errors of the gateway, one a second',
    series: {
      [`http_requests_total{${GATEWAY}, status="200"}`]: '0+1485x40',
      [`http_requests_total{${GATEWAY}, status="503"}`]: '0+15x40',
    },
    looksAt: ['GatewayErrors'],
    fires: ['GatewayErrors lucid-api-gateway'],
  },
  {
    what: 'sees that nobody makes blocks',
    series: { [`blockchain_writer{${ENGINE}}`]: '1x8 0x32', [`mempool_size{${ENGINE}}`]: '6000x40' },
    looksAt: ['NoBlockWriter', 'TwoBlockWriters', 'MempoolFull'],
    fires: ['MempoolFull lucid-blockchain-engine', 'NoBlockWriter lucid-blockchain-engine'],
  },
  {
    what: 'says nothing of a chain that grows every ten seconds, alone or with all its neighbours',
    series: {
      [`blockchain_block_gap_seconds{${ENGINE}}`]: '3 9 4 10 2 8 5 9 3 6x31',
      [`blockchain_ticks_without_block{${ENGINE}}`]: '0 1 0 2 0x36',
      [`blockchain_peers_connected{${ENGINE}}`]: '0x40',
      [`blockchain_peers_expected{${ENGINE}}`]: '0x40',
      [`consensus_evidence_total{${ENGINE}, kind="vote"}`]: '0x40',
      [`quarantined_blocks{${ENGINE}}`]: '0x40',
    },
    looksAt: CHAIN,
    fires: [],
  },
  {
    what: 'sees no block for 25 s, which is not three rounds yet',
    series: {
      [`blockchain_block_gap_seconds{${ENGINE}}`]: '5x31 25x9',
      [`blockchain_ticks_without_block{${ENGINE}}`]: '0x31 1x9',
    },
    looksAt: CHAIN,
    fires: ['BlockGap lucid-blockchain-engine'],
  },
  {
    what: 'sees three rounds in a row fail, and that two of three neighbours are gone',
    series: {
      [`blockchain_block_gap_seconds{${ENGINE}}`]: '5x20 40x20',
      [`blockchain_ticks_without_block{${ENGINE}}`]: '0x20 3x20',
      [`blockchain_peers_connected{${ENGINE}}`]: '3x20 1x20',
      [`blockchain_peers_expected{${ENGINE}}`]: '3x40',
    },
    looksAt: CHAIN,
    fires: [
      'BlockGap lucid-blockchain-engine',
      'ConsensusFails lucid-blockchain-engine',
      'ValidatorsOutOfReach lucid-blockchain-engine',
    ],
  },
  {
    what: 'does not mind one neighbour of six, and sees a lie and a damaged block',
    series: {
      [`blockchain_peers_connected{${ENGINE}}`]: '5x40',
      [`blockchain_peers_expected{${ENGINE}}`]: '6x40',
      [`consensus_evidence_total{${ENGINE}, kind="vote"}`]: '0x20 1x20',
      [`quarantined_blocks{${ENGINE}}`]: '0x20 1x20',
    },
    looksAt: CHAIN,
    fires: ['ChainDamaged lucid-blockchain-engine', 'ValidatorsContradictThemselves lucid-blockchain-engine'],
  },
  {
    what: 'counts anchorings: one of ten fails and takes two minutes, two of a hundred do not verify',
    series: {
      [`blockchain_session_anchorings_total{${ANCHORING}, status="confirmed"}`]: '0+9x40',
      [`blockchain_session_anchorings_total{${ANCHORING}, status="failed"}`]: '0+1x40',
      [`anchoring_confirmation_seconds_bucket{${ANCHORING}, le="60"}`]: '0+5x40',
      [`anchoring_confirmation_seconds_bucket{${ANCHORING}, le="120"}`]: '0+9x40',
      [`anchoring_confirmation_seconds_bucket{${ANCHORING}, le="+Inf"}`]: '0+9x40',
      [`anchoring_verifications_total{${ANCHORING}, result="verified"}`]: '0+98x40',
      [`anchoring_verifications_total{${ANCHORING}, result="refused"}`]: '0+2x40',
    },
    looksAt: ['AnchoringFails', 'AnchoringSlow', 'AnchorsDoNotVerify'],
    fires: [
      'AnchoringFails lucid-session-anchoring',
      'AnchoringSlow lucid-session-anchoring',
      'AnchorsDoNotVerify lucid-session-anchoring',
    ],
  },
  {
    what: 'says nothing of anchorings that all go through at once',
    series: {
      [`blockchain_session_anchorings_total{${ANCHORING}, status="confirmed"}`]: '0+99x40',
      [`blockchain_session_anchorings_total{${ANCHORING}, status="failed"}`]: '0+1x40',
      [`anchoring_confirmation_seconds_bucket{${ANCHORING}, le="10"}`]: '0+99x40',
      [`anchoring_confirmation_seconds_bucket{${ANCHORING}, le="60"}`]: '0+100x40',
      [`anchoring_confirmation_seconds_bucket{${ANCHORING}, le="+Inf"}`]: '0+100x40',
      [`anchoring_verifications_total{${ANCHORING}, result="verified"}`]: '0+999x40',
      [`anchoring_verifications_total{${ANCHORING}, result="refused"}`]: '0+1x40',
    },
    looksAt: ['AnchoringFails', 'AnchoringSlow', 'AnchorsDoNotVerify'],
    fires: [],
  },
  {
    what: 'sees a chunk that cannot be processed and a disk that fails, once each',
    series: {
      [`chunks_quarantined_total{${RECORDER}}`]: '0x20 1x20',
      [`recorder_disk_faults_total{${RECORDER}, reason="ENOSPC"}`]: '_x20 1x20',
    },
    looksAt: ['ChunksQuarantined', 'RecorderDiskFaults'],
    fires: ['ChunksQuarantined lucid-session-recorder', 'RecorderDiskFaults lucid-session-recorder'],
  },
  {
    what: 'sees recorders that are full, a capture that ends again and again, and a store that is nearly full',
    series: {
      [`recorder_active_recordings{${RECORDER}}`]: '8x40',
      [`recorder_paused_recordings{${RECORDER}}`]: '2x40',
      [`recorder_capacity{${RECORDER}}`]: '10x40',
      [`recorder_capture_restarts_total{${RECORDER}}`]: '0+1x40',
      [`storage_used_bytes{${STORAGE}}`]: '920x40',
      [`storage_capacity_bytes{${STORAGE}}`]: '1000x40',
    },
    looksAt: ['RecordersFull', 'CaptureRestarts', 'StorageFills'],
    fires: [
      'CaptureRestarts lucid-session-recorder',
      'RecordersFull lucid-session-recorder',
      'StorageFills lucid-session-storage',
    ],
  },
  {
    what: 'sees that uses of session keys cannot be written down',
    series: { [`key_audit_failures_total{${KEYS}}`]: '0+1x40' },
    looksAt: ['KeyUseNotWritten'],
    fires: ['KeyUseNotWritten lucid-session-keys'],
  },
  {
    what: 'tells two failing steps of a hundred from ten: a warning, no more',
    series: {
      [`pipeline_errors_total{${PIPELINE}, stage="merkle", retryable="true"}`]: '0+2x40',
      [`pipeline_stage_duration_seconds_count{${PIPELINE}, stage="merkle"}`]: '0+100x40',
    },
    looksAt: ['PipelineErrors'],
    fires: ['PipelineErrors lucid-session-pipeline'],
  },
  {
    what: 'tells that nearly as many sessions run as may, that one of six fails, and that a sweep goes on failing',
    series: {
      [`sessions_active{${SESSION_API}}`]: '95x40',
      [`sessions_ended_total{${SESSION_API}, status="failed"}`]: '0+1x40',
      [`sessions_ended_total{${SESSION_API}, status="completed"}`]: '0+5x40',
      [`session_sweep_failures_total{${SESSION_API}, sweep="retention"}`]: '0+4x40',
      [`sessions_purge_backlog{${SESSION_API}}`]: '3x40', // for minutes: no alert yet
    },
    looksAt: ['SessionsNearLimit', 'SessionsFail', 'SessionSweepFails', 'DeletedSessionsPileUp'],
    fires: [
      'SessionSweepFails lucid-session-api',
      'SessionsFail lucid-session-api',
      'SessionsNearLimit lucid-session-api',
    ],
  },
];

/** The scene as promtool reads it. */
export function sceneTest({ series, looksAt, fires }: Scene) {
  return {
    interval: '15s',
    input_series: Object.entries(series).map(([name, values]) => ({ series: name, values })),
    promql_expr_test: [
      {
        expr: `count by (alertname, service) (ALERTS{alertstate="firing", alertname=~"${looksAt.join('|')}"})`,
        eval_time: '8m',
        exp_samples: fires.map((each) => {
          const [alert, service] = each.split(' ');
          return { labels: `{alertname="${alert}", service="${service}"}`, value: 1 };
        }),
      },
      // Of all that is in the model, whoever is heard of in no way is gone: that the rule knows them, not only `up`.
      {
        expr: 'count(ALERTS{alertstate="firing", alertname="ServiceGone", service="lucid-session-api"})',
        eval_time: '8m',
        exp_samples: [{ labels: '{}', value: 1 }],
      },
    ],
  };
}
