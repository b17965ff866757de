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
  CHECKPOINT_CONFLICT: {
    code: 6405,
    status: 409,
    fault: 'user',
    message: 'A checkpoint says otherwise.',
    when: 'Another root was told for as many chunks, or for another owner; what was told is never taken back.',
  },
  CHECKPOINTS_SEALED: {
    code: 6406,
    status: 409,
    fault: 'user',
    message: 'The session takes no more checkpoints.',
    when: 'Its anchor was asked for; that one says everything.',
  },
  ANCHORING_UNAUTHORISED: {
    code: 6407,
    status: 400,
    fault: 'user',
    message: 'The request is not signed.',
    when: 'Neither the user nor the key of the manifest has signed it, or a signature does not hold.',
  },
  CHECKPOINTS_BUSY: {
    code: 6408,
    status: 503,
    fault: 'system',
    retry: true,
    message: 'Too many write checkpoints of this session.',
    when: 'The number after the last checkpoint was taken by somebody else again and again.',
  },
});
