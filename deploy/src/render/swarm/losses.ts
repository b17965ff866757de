import { prerequisitesOf } from '../../model/start-order.ts';
import { commonLosses } from '../compose-format/common-losses.ts';
import type { ContainerService, ContainerSystem } from '../container-system.ts';
import type { Loss } from '../renderer.ts';
import { EVERY_ADDRESS, withOpenPorts } from './open-ports.ts';
import { updateOrder } from './update-order.ts';

/** Everything the model wants and Swarm cannot do. */
export function swarmLosses(lowered: ContainerSystem): Loss[] {
  return [
    ...startOrderLoss(lowered),
    ...lowered.services.flatMap((service) => [
      ...addressLoss(service),
      ...orderLoss(service),
      ...volumeLoss(service),
    ]),
    ...commonLosses(lowered),
  ];
}

function startOrderLoss({ services, system }: ContainerSystem): Loss[] {
  if (services.every(({ service }) => prerequisitesOf(system, service).length === 0)) return [];
  return [
    {
      service: '*',
      field: 'startsAfter',
      why: 'it starts everything at once',
      substitute:
        '`deploy:up` starts one tier after the other; by hand, services retry until what they need is there',
    },
  ];
}

function addressLoss(lowered: ContainerService): Loss[] {
  const bound = lowered.publishedPorts.filter(({ host }) => host !== EVERY_ADDRESS);
  if (bound.length === 0) return [];
  const closed = withOpenPorts(lowered).publishedPorts.length === 0;
  const ports = bound.map(({ host, port }) => `${host}:${port}`).join(', ');
  return [
    {
      service: lowered.service.name,
      field: 'publishedPorts',
      why: `it publishes on every address of a node, and ${ports} is asked for`,
      substitute: closed
        ? 'not published: `docker run --network`, or a tunnel to the node, leads to it'
        : 'open on all addresses: a firewall must close it where it is not wanted',
    },
  ];
}

function orderLoss(published: ContainerService): Loss[] {
  const lowered = withOpenPorts(published);
  const { name, update } = lowered.service;
  if (updateOrder(lowered) === update.order) return [];
  return [
    {
      service: name,
      field: 'update.order',
      why: `${update.order} is impossible where a task has a port of the node or a volume of its slot`,
      substitute: 'stop-first: the old task drains and ends before the new one starts',
    },
  ];
}

function volumeLoss({ service: { name, volumes, placement } }: ContainerService): Loss[] {
  if (volumes.length === 0 || placement === 'data') return [];
  return [
    {
      service: name,
      field: 'volumes',
      why: 'its volumes are folders of one node, and a task may be moved to another',
      substitute:
        'a task that is moved starts with an empty volume and under another INSTANCE_ID; the old one is found again when the task comes back',
    },
  ];
}
