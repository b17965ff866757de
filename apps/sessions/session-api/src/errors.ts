import { catalogue } from '@lucid/errors';

export const errors = catalogue({
  SESSION_NOT_FOUND: {
    code: 7001,
    status: 404,
    fault: 'user',
    message: 'There is no such session.',
    when: 'The id is unknown, or the session belongs to somebody else.',
  },
  TOO_MANY_SESSIONS: {
    code: 7003,
    status: 409,
    fault: 'user',
    message: 'You have as many sessions as you may.',
    when: 'MAX_SESSIONS_PER_USER sessions exist that are not deleted.',
  },
  WRONG_STATE: {
    code: 7004,
    status: 409,
    fault: 'user',
    message: 'The session is not in a state that allows this.',
    when: 'Starting twice, stopping what does not record, deleting what is being processed.',
  },
  CHUNK_NOT_FOUND: {
    code: 7007,
    status: 404,
    fault: 'user',
    message: 'There is no such chunk.',
    when: 'The chunk id does not belong to the session.',
  },
  NOT_ANCHORED: {
    code: 7008,
    status: 409,
    fault: 'user',
    retry: true,
    message: 'The session is not anchored yet.',
    when: 'A proof is asked for before a block holds the anchor.',
  },
  NOTHING_STORED: {
    code: 7009,
    status: 409,
    fault: 'user',
    retry: true,
    message: 'Nothing of this session is stored yet.',
    when: 'A download is asked for before the first chunk is in storage.',
  },
});
