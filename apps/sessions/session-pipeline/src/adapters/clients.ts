import {
  blockchainEngine,
  clientFor,
  sessionAnchoring,
  sessionApi,
  sessionKeys,
  sessionRecorder,
  sessionStorage,
} from '@lucid/contracts';
import type { HttpClient } from '@lucid/http-client';
import type { Settings } from '../config.ts';

/** Everyone the pipeline coordinates. */
export const createClients = (http: HttpClient, settings: Settings) => ({
  api: clientFor(sessionApi, http, settings.SESSION_API_URL),
  recorder: clientFor(sessionRecorder, http, settings.SESSION_RECORDER_URL),
  keys: clientFor(sessionKeys, http, settings.SESSION_KEYS_URL),
  storage: clientFor(sessionStorage, http, settings.SESSION_STORAGE_URL),
  anchoring: clientFor(sessionAnchoring, http, settings.SESSION_ANCHORING_URL),
  engine: clientFor(blockchainEngine, http, settings.BLOCKCHAIN_ENGINE_URL),
});

export type Clients = ReturnType<typeof createClients>;
