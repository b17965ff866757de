import { type CreateSession, GIB, LIMITS, type RecordingConfig, type StorageConfig } from '@lucid/contracts';
import { errors } from '../errors.ts';

const SMALLEST = { width: 320, height: 240 };
const LARGEST = { width: 7680, height: 4320 };

type Wish = Partial<
  Pick<
    CreateSession,
    'rdp_config' | 'recording_config' | 'storage_config' | 'encryption_enabled' | 'compression_enabled'
  >
>;

export interface AllowedHosts {
  /** Desktops that sessions may name. */
  hosts: readonly string[];
  /** Without a list, none may be named in production and any elsewhere: nothing here connects to them. */
  isProduction: boolean;
}

/** What a schema cannot say. @throws CONFIG_INVALID with the field */
export function checkWish(wish: Wish, allowed: AllowedHosts): void {
  const refuse = (field: string, problem: string): never => {
    throw errors.CONFIG_INVALID({ details: { fields: [{ field: `body.${field}`, problem }] } });
  };
  if (wish.encryption_enabled === false) refuse('encryption_enabled', 'recordings are always encrypted');
  if (wish.storage_config?.encryption_enabled === false)
    refuse('storage_config.encryption_enabled', 'recordings are always encrypted');
  const { resolution } = wish.recording_config ?? {};
  if (resolution !== undefined && !isResolution(resolution))
    refuse('recording_config.resolution', 'must be between 320x240 and 7680x4320');
  const { host } = wish.rdp_config ?? {};
  if (host !== undefined && !isAllowed(host, allowed))
    refuse('rdp_config.host', 'is no registered desktop server');
}

function isResolution(text: string): boolean {
  const [width = 0, height = 0] = text.split('x').map(Number);
  return (
    width >= SMALLEST.width && width <= LARGEST.width && height >= SMALLEST.height && height <= LARGEST.height
  );
}

const isAllowed = (host: string, { hosts, isProduction }: AllowedHosts): boolean =>
  hosts.length === 0 ? !isProduction : hosts.includes(host.toLowerCase());

/** @returns the config with what was left out */
export const recordingConfigOf = (given: RecordingConfig = {}): RecordingConfig => ({
  frame_rate: 30,
  resolution: '1920x1080',
  quality: 'high',
  compression: 'zstd',
  bitrate: 2_000_000,
  audio: false,
  cursor: true,
  ...given,
});

export const storageConfigOf = (given: StorageConfig = {}): StorageConfig => ({
  retention_days: 30,
  max_size_gb: 10,
  encryption_enabled: true,
  compression_enabled: true,
  backup: false,
  archive: true,
  ...given,
});

/** Chunks are compressed unless somebody says no, wherever they say it. */
export const isCompressed = (wish: Wish): boolean =>
  wish.compression_enabled !== false &&
  wish.storage_config?.compression_enabled !== false &&
  wish.recording_config?.compression !== 'none';

/** `max_size_bytes` where it is given, else what the storage config says, never more than 100 GiB. */
export const maxSizeOf = (wish: Pick<CreateSession, 'max_size_bytes' | 'storage_config'>): number =>
  wish.max_size_bytes ??
  Math.min(
    LIMITS.maxSessionBytes,
    wish.storage_config?.max_size_gb === undefined
      ? LIMITS.defaultSessionBytes
      : wish.storage_config.max_size_gb * GIB,
  );
