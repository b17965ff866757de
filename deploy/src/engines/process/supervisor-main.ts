/**
 * A supervisor in a process of its own, for `up --detach`. Takes its order over IPC, tells how the start goes, and
 * stays when the other side leaves after "ready". If the other side leaves earlier, nobody wants this start any more.
 */
import { DeployError, deployErrors } from '../../errors.ts';
import type { EngineEvent, EngineListener, SystemStatus } from '../engine.ts';
import { homeAt } from './home.ts';
import { launch } from './launch.ts';
import { loadProcessSystem } from './process-system.ts';

export interface SupervisorOrder {
  readonly root: string;
  readonly home: string;
  readonly systemModule: string | undefined;
  readonly profile: string;
  readonly publish: string | undefined;
  readonly scale: Readonly<Record<string, number>>;
  readonly set: readonly string[];
  readonly env: readonly string[];
  readonly source: boolean;
  readonly build: boolean;
  readonly addresses: 'auto' | 'subnet' | 'ports';
}

export type FromSupervisor =
  | { readonly type: 'event'; readonly event: EngineEvent }
  | { readonly type: 'ready'; readonly status: SystemStatus }
  | { readonly type: 'failed'; readonly code: string; readonly exitCode: number; readonly message: string };

/** Resolves when the message is on its way; the listener may leave at any time, so failing to tell is no failure. */
function say(message: FromSupervisor): Promise<void> {
  return new Promise((resolve) => {
    if (process.connected && process.send) process.send(message, () => resolve());
    else resolve();
  });
}

async function supervise(order: SupervisorOrder): Promise<void> {
  const interruption = new AbortController();
  const interrupt = () => interruption.abort();
  process.on('disconnect', interrupt);
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) process.on(signal, interrupt);
  try {
    const system = await loadProcessSystem(order);
    const options = { ...order, home: homeAt(order.root, order.home) };
    const tell: EngineListener = (event) => void say({ type: 'event', event });
    const launched = await launch(system, options, tell, { stop: interruption.signal });
    process.off('disconnect', interrupt);
    await say({ type: 'ready', status: launched.status() });
    await launched.closed;
  } catch (error) {
    const known = error instanceof DeployError ? error : deployErrors.unexpected(String(error));
    await say({ type: 'failed', code: known.code, exitCode: known.exitCode, message: known.message });
    process.exitCode = known.exitCode;
  }
  if (process.connected) process.disconnect();
}

process.once('message', (order: SupervisorOrder) => void supervise(order));
