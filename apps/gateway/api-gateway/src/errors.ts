import { catalogue } from '@lucid/errors';

/** The gateway has no errors of its own: it answers from the common catalogue and passes on what the owners say. */
export const errors = catalogue({});
