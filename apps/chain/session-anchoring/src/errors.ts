import { catalogue } from '@lucid/errors';

export const errors = catalogue({
  ANCHORING_NOT_FOUND: {
    code: 6401,
    status: 404,
    fault: 'user',
    message: 'This session has no anchoring.',
    when: 'Nobody asked for one yet, or the session is somebody else’s.',
  },
  ANCHORING_CONFLICT: {
    code: 6402,
    status: 409,
    fault: 'user',
    message: 'The session is anchored with other content.',
    when: 'Another root, manifest or owner was handed in for the session before; an anchor is never replaced.',
  },
  ANCHORING_FULL: {
    code: 6403,
    status: 503,
    fault: 'system',
    retry: true,
    message: 'Too many anchorings are waiting.',
    when: 'The queue is at its limit; blocks will make room.',
  },
  ANCHORING_INVALID: {
    code: 6404,
    status: 400,
    fault: 'user',
    message: 'This cannot be anchored.',
    when: 'A value fits the contract but not the chain, such as a day that does not exist.',
  },
});
