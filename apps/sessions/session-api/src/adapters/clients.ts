import {
  blockchainEngine,
  clientFor,
  sessionAnchoring,
  sessionKeys,
  sessionPipeline,
  sessionRecorder,
  sessionStorage,
} from '@lucid/contracts';
import type { HttpClient } from '@lucid/http-client';
import type { Settings } from '../config.ts';

/** Everyone session-api asks on behalf of a user. */
export const createClients = (http: HttpClient, settings: Settings) => ({
  pipeline: clientFor(sessionPipeline, http, settings.SESSION_PIPELINE_URL),
  recorder: clientFor(sessionRecorder, http, settings.SESSION_RECORDER_URL),
  keys: clientFor(sessionKeys, http, settings.SESSION_KEYS_URL),
  storage: clientFor(sessionStorage, http, settings.SESSION_STORAGE_URL),
  anchoring: clientFor(sessionAnchoring, http, settings.SESSION_ANCHORING_URL),
  engine: clientFor(blockchainEngine, http, settings.BLOCKCHAIN_ENGINE_URL),
});

export type Clients = ReturnType<typeof createClients>;
