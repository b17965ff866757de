import { nextState } from '../../domain/pipeline-state.ts';
import { removeSession } from '../destroy-session.ts';
import type { Step } from './step.ts';

/** Removes what can be read of a session; what was not removed this time is removed the next. */
export const cleanUp: Step = async (document, { clients }) => {
  await removeSession(clients, document._id);
  return { change: { state: nextState(document.state, 'done') }, pauseMs: null };
};
