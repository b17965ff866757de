import { debian12, type ImageDefinition } from '../../src/images/definition.ts';

/** A shell, nc, wget and nslookup, to look at a network from the inside. */
export const busybox: ImageDefinition = {
  name: 'busybox',
  tag: '1.35',
  standsFor: 'busybox:1.35',
  variable: undefined,
  source: debian12(),
  pick: [],
  run: { command: ['sh'] },
};
