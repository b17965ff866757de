import { catalogue } from '@lucid/errors';

export const errors = catalogue({
  PIPELINE_NOT_FOUND: {
    code: 7006,
    status: 404,
    fault: 'user',
    message: 'There is no pipeline for this session.',
    when: 'The session was never started, or its pipeline was destroyed.',
  },
  ILLEGAL_TRANSITION: {
    code: 7005,
    status: 409,
    fault: 'user',
    message: 'The pipeline is not in a state that allows this.',
    when: 'Starting what has ended, pausing or stopping what never ran, destroying what still works.',
  },
  NOTHING_RECORDED: {
    code: 7011,
    status: 422,
    fault: 'user',
    message: 'Nothing was recorded.',
    when: 'A session is stopped before its first byte; there is nothing to prove.',
  },
  CHUNK_QUARANTINED: {
    code: 7012,
    status: 422,
    fault: 'system',
    message: 'A chunk could not be processed.',
    when: 'A chunk was quarantined; the recording has a gap and is not anchored.',
  },
  CHUNK_GAP: {
    code: 7013,
    status: 422,
    fault: 'system',
    message: 'The stored chunks have a gap.',
    when: 'Storage does not hold every chunk the recorder sealed, however often it is asked.',
  },
  ROOT_MISMATCH: {
    code: 7014,
    status: 422,
    fault: 'system',
    message: 'The Merkle roots do not agree.',
    when: 'The engine computed another root over the same chunk hashes.',
  },
  ANCHORING_FAILED: {
    code: 7015,
    status: 422,
    fault: 'system',
    message: 'The session could not be anchored.',
    when: 'Anchoring gave up or was refused.',
  },
  RECORDING_FAILED: {
    code: 7016,
    status: 422,
    fault: 'system',
    message: 'The recording failed.',
    when: 'The recorder ran out of disk or lost the session.',
  },
});
