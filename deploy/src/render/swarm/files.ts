/** The files of a Swarm rendering; configurations are in `configs/`. */
export const FILES = { built: 'stack.yaml', planned: 'stack.planned.yaml' } as const;
