import { type Static, Type } from 'typebox';
import { contract } from './endpoint.ts';
import { AnyObject, Count, OneOf, Strict, Timestamp, Uuid } from './schemas.ts';

const Email = Type.String({ format: 'email', maxLength: 254 });
const Username = Type.String({ pattern: '^[A-Za-z0-9_-]{3,50}$' });
/** Strength is judged by the service when one is set; at login any text may be tried. */
const Password = Type.String({ minLength: 1, maxLength: 128 });
const RefreshToken = Type.String({ minLength: 1, maxLength: 500 });

export const UserResponse = Strict({
  user_id: Uuid,
  email: Email,
  username: Username,
  role: OneOf(['user', 'node_operator', 'admin', 'super_admin']),
  created_at: Timestamp,
  updated_at: Timestamp,
  last_login: Type.Optional(Timestamp),
});
export type UserResponse = Static<typeof UserResponse>;

const TOKENS = {
  access_token: Type.String(),
  refresh_token: Type.String(),
  token_type: OneOf(['Bearer']),
  expires_in: Count,
};
export const Tokens = Strict(TOKENS);
export const AuthResponse = Strict({ ...TOKENS, user: UserResponse });

export const Revocation = Strict({
  /** Login session whose access tokens are no longer good. */
  session_id: Uuid,
  /** When the last of them expires by itself and the entry can be forgotten. */
  expires_at: Timestamp,
});
export type Revocation = Static<typeof Revocation>;

export const authService = contract('lucid-auth-service', 'Authentication', {
  register: {
    method: 'POST',
    path: '/api/v1/auth/register',
    summary: 'Create an account.',
    access: 'public',
    body: Strict({ email: Email, password: Password, username: Username }),
    replies: { 201: UserResponse },
  },
  login: {
    method: 'POST',
    path: '/api/v1/auth/login',
    summary: 'Sign in with a password; JSON or form.',
    access: 'public',
    body: Strict({ email: Email, password: Password }),
    acceptsForm: true,
    replies: { 200: AuthResponse },
  },
  refresh: {
    method: 'POST',
    path: '/api/v1/auth/refresh',
    summary: 'Exchange a refresh token, once; a second use ends the login session.',
    access: 'public',
    body: Strict({ refresh_token: RefreshToken }),
    replies: { 200: Tokens },
  },
  logout: {
    method: 'POST',
    path: '/api/v1/auth/logout',
    summary: 'End this login session, or all.',
    access: 'user',
    body: Strict({
      refresh_token: Type.Optional(RefreshToken),
      logout_all_sessions: Type.Optional(Type.Boolean()),
    }),
    headers: Type.Object({ 'x-login-session-id': Type.Optional(Uuid) }),
    replies: { 200: Strict({ message: Type.String(), ended_sessions: Count }) },
  },
  authStatus: {
    method: 'GET',
    path: '/api/v1/auth/status',
    summary: 'Who am I?',
    access: 'user',
    replies: { 200: Strict({ authenticated: Type.Boolean(), user: UserResponse }) },
  },
  getOwnUser: {
    method: 'GET',
    path: '/api/v1/users/me',
    summary: 'Own account.',
    access: 'user',
    replies: { 200: UserResponse },
  },
  jwks: {
    method: 'GET',
    path: '/.well-known/jwks.json',
    summary: 'Public keys of access tokens.',
    access: 'open',
    replies: { 200: Type.Object({ keys: Type.Array(AnyObject) }) },
  },
  listRevocations: {
    method: 'GET',
    path: '/api/v1/internal/auth/revocations',
    summary: 'Login sessions ended since a cursor, oldest first.',
    access: 'service',
    query: Strict({ after: Type.Optional(Type.String({ maxLength: 64 })) }),
    replies: { 200: Strict({ revocations: Type.Array(Revocation), cursor: Type.String() }) },
  },
});
