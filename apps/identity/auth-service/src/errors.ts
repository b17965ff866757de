import { catalogue } from '@lucid/errors';

export const errors = catalogue({
  ACCOUNT_LOCKED: {
    code: 2005,
    status: 423,
    fault: 'user',
    retry: true,
    message: 'Too many wrong passwords; try again later.',
    when: 'Too many wrong passwords for this e-mail address, whether it has an account or not; see Retry-After.',
  },
  REFRESH_TOKEN_INVALID: {
    code: 2010,
    status: 401,
    fault: 'user',
    message: 'The refresh token is not valid.',
    when: 'The refresh token is malformed, expired, used before, or its login session was ended.',
  },
});
