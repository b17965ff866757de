import type { Access } from '@lucid/contracts';
import { commonErrors } from '@lucid/errors';
import type { Caller, Verifier } from '@lucid/service-auth';
import type { FastifyRequest } from 'fastify';

export interface User {
  id: string;
  role: Role;
}

/** Strictly nested, weakest first. */
export const ROLES = ['user', 'node_operator', 'admin', 'super_admin'] as const;
export type Role = (typeof ROLES)[number];

export const isAdmin = (user: User): boolean => user.role === 'admin' || user.role === 'super_admin';

declare module 'fastify' {
  interface FastifyRequest {
    /** The service that called, once its token was checked. */
    caller?: Caller;
    /** The user it acts for. */
    user?: User;
  }
}

/** Services that may say which user they act for; from any other, the headers mean nothing. */
const ACTS_FOR_USERS = new Set(['lucid-api-gateway', 'lucid-session-api']);

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/;

/** Runs before the body is read and validated, so that a stranger learns nothing but 401. */
export async function authenticate(
  request: FastifyRequest,
  access: Access,
  verifier: () => Verifier,
): Promise<void> {
  if (access === 'public' || access === 'open') return;
  const caller = await verifier().verify(request.headers.authorization);
  request.caller = caller;
  const user = ACTS_FOR_USERS.has(caller.service) ? userFrom(request) : undefined;
  if (user) request.user = user;
  if (access === 'service' && isForwardedFromOutside(request, caller)) throw commonErrors.NOT_PERMITTED();
  const needsUser = access === 'user' || access === 'admin' || isForwardedFromOutside(request, caller);
  if (needsUser && !user) throw commonErrors.BAD_CREDENTIALS();
  const isForAdmins = access === 'admin' || access === 'admin_or_service';
  if (isForAdmins && user && !isAdmin(user)) throw commonErrors.NOT_PERMITTED();
}

/** Calls the gateway passes on say for whom; those of its own (the revocation feed) do not. */
const isForwardedFromOutside = ({ headers }: FastifyRequest, caller: Caller): boolean =>
  caller.service === 'lucid-api-gateway' &&
  (headers['x-forwarded-for'] !== undefined || headers['x-user-id'] !== undefined);

function userFrom(request: FastifyRequest): User | undefined {
  const id = request.headers['x-user-id'];
  const role = ROLES.find((known) => known === request.headers['x-user-role']);
  return typeof id === 'string' && UUID.test(id) && role ? { id, role } : undefined;
}
