import type { Clock, Random } from '@lucid/clock';
import type { SigningKey } from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import type { Instruments } from '@lucid/metrics';
import type { PipelineDocument } from '../../domain/pipeline-document.ts';
import type { metrics } from '../../metrics.ts';
import type { Clients } from '../clients.ts';
import type { Change } from '../pipelines.ts';
import type { LiveSettings } from '../settings.ts';

export interface StepDeps {
  clients: Clients;
  clock: Clock;
  random: Random;
  signingKey: SigningKey;
  instanceId: string;
  settings: Pick<LiveSettings, 'current'>;
  logger: Logger;
  instruments: Instruments<(typeof metrics)['definitions']>;
}

/** What a step found out. */
export interface StepResult {
  change: Change;
  /** When to go on: 0 at once, else a pause; null when there is nothing more to do. */
  pauseMs: number | null;
}

/** One idempotent move of a pipeline; throwing means: try again later, unless the error says it is final. */
export type Step = (document: PipelineDocument, deps: StepDeps) => Promise<StepResult>;
