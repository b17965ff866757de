import type { PublishedPort } from '../../model/types.ts';
import type { ContainerService } from '../container-system.ts';

/** The only address a published port can have in Swarm: all of a node. */
export const EVERY_ADDRESS = '0.0.0.0';

/**
 * The service with the ports that are published. What is meant for the machine itself (consoles without a login) stays
 * closed, since it would be open to everybody; the gateway's door is made for strangers, and is opened.
 */
export function withOpenPorts(lowered: ContainerService): ContainerService {
  const open = ({ host }: PublishedPort) => !host.startsWith('127.') || lowered.service.cluster === 'gateway';
  return { ...lowered, publishedPorts: lowered.publishedPorts.filter(open) };
}
