import type { Clock, Random } from '@lucid/clock';
import { Health } from '@lucid/health';
import { Lifecycle, type LifecycleState } from '@lucid/lifecycle';
import { createLogger, type Logger } from '@lucid/logging';
import { baseMetrics, Registry } from '@lucid/metrics';
import type { ServiceContext } from './context.ts';
import { type Mesh, type MeshSettings, openMesh } from './mesh.ts';

export interface BaseSettings {
  SERVICE_NAME: string;
  INSTANCE_ID: string;
  HOST: string;
  PORT: number;
  ADVERTISED_ADDRESS?: string | undefined;
  PUBLISH_ADDRESS?: string | undefined;
  LOG_LEVEL: string;
  METRICS_TOKEN?: string | undefined;
  DRAIN_DELAY_MS: number;
  SHUTDOWN_DEADLINE_MS: number;
}

export const VERSION = '0.1.0';

const STATES: readonly LifecycleState[] = ['starting', 'running', 'draining', 'stopping', 'stopped'];

interface Sources {
  clock: Clock;
  random: Random;
  /** @default JSON lines on standard output */
  logger?: Logger;
}

/** Builds the context from a loaded configuration. Opens nothing but the mesh, and that on first use. */
export function createContext(
  settings: BaseSettings,
  { clock, random, logger: given }: Sources,
): ServiceContext {
  const logger =
    given ??
    createLogger({
      service: settings.SERVICE_NAME,
      instance: settings.INSTANCE_ID,
      level: settings.LOG_LEVEL,
    });
  const registry = new Registry();
  const metrics = baseMetrics.register(registry);
  const lifecycle = new Lifecycle({
    clock,
    stepDeadlineMs: settings.SHUTDOWN_DEADLINE_MS,
    drainDelayMs: settings.DRAIN_DELAY_MS,
    onState: (state) => {
      for (const known of STATES) metrics.service_state.set({ state: known }, known === state ? 1 : 0);
    },
    onStepFailed: (name, error) => logger.error({ err: error, step: name }, 'a step of the stop failed'),
  });
  const health = new Health({
    clock,
    onChange: (dependency, status, reason) => {
      metrics.dependency_up.set({ dependency }, status === 'healthy' ? 1 : 0);
      logger[status === 'healthy' ? 'info' : 'warn']({ dependency, reason }, `dependency is ${status}`);
    },
  });
  let mesh: Mesh | undefined;
  return {
    service: settings.SERVICE_NAME,
    instanceId: settings.INSTANCE_ID,
    version: VERSION,
    advertisedAddress: settings.ADVERTISED_ADDRESS ?? `${settings.HOST}:${settings.PORT}`,
    clock,
    random,
    logger,
    registry,
    metrics,
    metricsToken: settings.METRICS_TOKEN,
    health,
    lifecycle,
    get mesh(): Mesh {
      mesh ??= openMesh(meshSettings(settings), { clock, random, logger, registry, lifecycle });
      return mesh;
    },
  };
}

function meshSettings(settings: BaseSettings): MeshSettings {
  if (!('SERVICE_PRIVATE_KEY' in settings))
    throw new Error(`${settings.SERVICE_NAME} has no mesh variables in its config`);
  return settings as unknown as MeshSettings;
}
