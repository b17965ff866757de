/** What neither Compose nor Swarm can say. */
import { edgesOf } from '../canonical-of.ts';
import type { ContainerService, ContainerSystem } from '../container-system.ts';
import type { Loss } from '../renderer.ts';
import { healthTest } from './health-test.ts';
import { reachableEdges } from './reachable.ts';

export function commonLosses(lowered: ContainerSystem): Loss[] {
  return [
    ...edgesLoss(lowered),
    ...scaleLoss(lowered),
    ...sizesLoss(lowered),
    ...lowered.services.flatMap(probeLoss),
  ];
}

function edgesLoss({ services, system }: ContainerSystem): Loss[] {
  const reachable = reachableEdges(
    services.map(({ service, ports }) => ({
      name: service.name,
      networks: service.networks,
      ports: ports.map(({ port }) => String(port)),
    })),
  );
  if (reachable.join() === edgesOf(system).join()) return [];
  return [
    {
      service: '*',
      field: 'edges',
      why: 'it has networks but no rules inside them: whoever shares a network can connect',
      substitute:
        'services of our own answer only the callers the model draws (ALLOWED_CALLERS), stores ask for a password, and the wallet plane has networks of its own',
    },
  ];
}

function scaleLoss({ services }: ContainerSystem): Loss[] {
  const fixed = ({ service: { scale, replicas } }: ContainerService) =>
    scale.min === replicas && scale.max === replicas;
  if (services.every(fixed)) return [];
  return [
    {
      service: '*',
      field: 'scale',
      why: 'it has no autoscaler: the number of replicas is the one written',
      substitute: 'deploy:scale changes it within the bounds of the model',
    },
  ];
}

function sizesLoss({ services }: ContainerSystem): Loss[] {
  if (services.every(({ service }) => service.volumes.length === 0)) return [];
  return [
    {
      service: '*',
      field: 'volumeSizes',
      why: "a volume of Docker's own has no size: it takes what the disk of its node has",
      substitute:
        'nothing bounds it; keep as much free as the model asks for, or make the volume on a disk of its own before',
    },
  ];
}

function probeLoss(lowered: ContainerService): Loss[] {
  const { name, probe, image } = lowered.service;
  if (!probe || healthTest(lowered)) return [];
  const programs =
    image.programs.length > 0 ? `only ${image.programs.join(', ')}` : 'no program beside its own';
  return [
    {
      service: name,
      field: 'probe',
      why: `health is asked by a command inside the container, and ${image.reference} has ${programs}`,
      substitute: 'none: it counts as well while it runs, and who waits for it waits for its start',
    },
  ];
}
