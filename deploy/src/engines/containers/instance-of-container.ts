/** Reads what `docker inspect` says of a container into the words every engine uses. */
import type { InstanceState, InstanceStatus } from '../engine.ts';

/** The part of `docker inspect` that is read here. */
export interface InspectedContainer {
  readonly Id: string;
  readonly Created: string;
  readonly RestartCount: number;
  readonly State: {
    readonly Status: string;
    readonly ExitCode: number;
    readonly Pid: number;
    readonly StartedAt: string;
    readonly Health?: { readonly Status: string };
  };
  readonly Config: { readonly Labels: Readonly<Record<string, string>> };
  readonly NetworkSettings: { readonly Networks: Readonly<Record<string, { readonly IPAddress: string }>> };
}

/** Docker's states, and what they mean here. A job that ended well is `stopped`; anything else that ended has failed. */
export function stateOf({ State: state }: Pick<InspectedContainer, 'State'>): InstanceState {
  switch (state.Status) {
    case 'created':
      return 'planned';
    case 'running':
      return HEALTH[state.Health?.Status ?? 'none'] ?? 'unready';
    case 'restarting':
      return 'backoff';
    case 'removing':
    case 'paused':
      return 'stopping';
    default:
      return state.ExitCode === 0 ? 'stopped' : 'failed';
  }
}

const HEALTH: Readonly<Record<string, InstanceState>> = {
  none: 'ready', // nobody asks it; that it runs is all that is known
  healthy: 'ready',
  starting: 'starting',
  unhealthy: 'unready',
};

export interface ContainerNames {
  readonly id: string;
  readonly service: string;
  readonly replica: number;
  readonly port: number;
  readonly scheme: string;
}

/** @param rssBytes undefined when it was not asked for or could not be read */
export function instanceOf(
  container: InspectedContainer,
  names: ContainerNames,
  rssBytes: number | undefined,
): InstanceStatus {
  const [network] = Object.values(container.NetworkSettings.Networks).filter(({ IPAddress }) => IPAddress);
  const address = network ? `${network.IPAddress}:${names.port}` : '–';
  const running = container.State.Pid > 0;
  return {
    id: names.id,
    service: names.service,
    replica: names.replica,
    state: stateOf(container),
    address,
    url: network ? `${names.scheme}://${address}` : '–',
    pid: running ? container.State.Pid : undefined,
    rssBytes,
    restarts: container.RestartCount,
    startedAt: running ? container.State.StartedAt : undefined,
  };
}
