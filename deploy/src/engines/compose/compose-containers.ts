/** What of a Compose project is there, in the words every engine uses. */
import type { System } from '../../model/types.ts';
import type { DockerCommand } from '../containers/docker-command.ts';
import { type InspectedContainer, instanceOf } from '../containers/instance-of-container.ts';
import type { InstanceStatus } from '../engine.ts';

const PROJECT = 'com.docker.compose.project';
const SERVICE = 'com.docker.compose.service';
const NUMBER = 'com.docker.compose.container-number';

export interface ComposeContainer {
  readonly container: InspectedContainer;
  readonly status: InstanceStatus;
  /** Name of the Compose service; replicas with volumes of their own are services of their own. */
  readonly composeService: string;
}

interface Usage {
  readonly ID: string;
  readonly MemUsage: string;
}

/** @param memory also asks how much each takes, which takes Docker two seconds */
export async function composeContainers(
  docker: DockerCommand,
  system: System,
  project: string,
  memory = false,
): Promise<ComposeContainer[]> {
  const ids = await docker.run([
    'ps',
    '--all',
    '--quiet',
    '--no-trunc',
    '--filter',
    `label=${PROJECT}=${project}`,
  ]);
  const wanted = ids.split('\n').filter((id) => id !== '');
  if (wanted.length === 0) return [];
  const containers = await docker.inspect<InspectedContainer>(['inspect', ...wanted]);
  const bytes = memory ? await memoryOf(docker, containers) : new Map<string, number>();
  return containers
    .map((container) => described(container, system, bytes.get(container.Id)))
    .sort(inOrder(system));
}

function described(
  container: InspectedContainer,
  system: System,
  rssBytes: number | undefined,
): ComposeContainer {
  const labels = container.Config.Labels;
  const composeService = labels[SERVICE] ?? '';
  const name = labels['lucid.service'] ?? composeService;
  const ownNumber = new RegExp(`^${name}-(\\d+)$`).exec(composeService)?.[1];
  const replica = Number(ownNumber ?? labels[NUMBER] ?? 1);
  const service = system.services.find((each) => each.name === name);
  const scheme = system.stores.find(({ members }) => members.includes(name))?.scheme ?? 'http';
  const names = { id: `${name}-${replica}`, service: name, replica, port: service?.port ?? 0, scheme };
  return { container, composeService, status: instanceOf(container, names, rssBytes) };
}

function inOrder(system: System) {
  const place = ({ status }: ComposeContainer) =>
    system.services.findIndex((service) => service.name === status.service);
  return (a: ComposeContainer, b: ComposeContainer) =>
    place(a) - place(b) || a.status.replica - b.status.replica;
}

async function memoryOf(
  docker: DockerCommand,
  containers: readonly InspectedContainer[],
): Promise<Map<string, number>> {
  const running = containers.filter(({ State }) => State.Pid > 0).map(({ Id }) => Id);
  if (running.length === 0) return new Map();
  const usages = await docker.list<Usage>(['stats', '--no-stream', '--no-trunc', ...running]);
  return new Map(
    usages.flatMap(({ ID, MemUsage }) => {
      const bytes = bytesOf(MemUsage);
      return bytes === undefined ? [] : [[ID, bytes] as const];
    }),
  );
}

const UNITS: Readonly<Record<string, number>> = { B: 1, KiB: 2 ** 10, MiB: 2 ** 20, GiB: 2 ** 30 };

/** `61.3MiB / 512MiB` → bytes of the first; undefined when Docker could not tell. */
export function bytesOf(usage: string): number | undefined {
  const [, amount, unit = ''] = /^([\d.]+)([A-Za-z]+) \//.exec(usage) ?? [];
  const factor = UNITS[unit];
  return amount === undefined || factor === undefined ? undefined : Math.round(Number(amount) * factor);
}
