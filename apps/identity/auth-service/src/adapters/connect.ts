import { openCollection, openMongo } from '@lucid/mongo';
import type { ServiceContext } from '@lucid/service';
import type { Db } from 'mongodb';
import type { Settings } from '../config.ts';
import { bootstrapSuperAdmin } from '../domain/bootstrap-super-admin.ts';
import { OneAtATime } from '../domain/one-at-a-time.ts';
import type { Policy } from '../domain/policy.ts';
import { deriveSigningKey, isPublishedSecret } from '../domain/signing-key.ts';
import { normalName } from '../domain/user.ts';
import type { World } from '../domain/world.ts';
import { addHealthChecks } from '../health.ts';
import { metrics } from '../metrics.ts';
import { Argon2Passwords } from './argon2-passwords.ts';
import { countedOutcomes } from './counted-outcomes.ts';
import { loginFailuresCollection, MongoLoginFailures } from './mongo-login-failures.ts';
import { loginSessionsCollection, MongoLoginSessions } from './mongo-login-sessions.ts';
import { MongoSecurityEvents, securityEventsCollection } from './mongo-security-events.ts';
import { MongoUsers, usersCollection } from './mongo-users.ts';

const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;

export async function connect(settings: Settings, context: ServiceContext): Promise<World> {
  if (settings.ENVIRONMENT === 'production' && isPublishedSecret(settings.JWT_SECRET))
    throw new Error('JWT_SECRET is a published sample: set one of your own');
  const world = await openWorld(settings, context, await openMongo(settings.MONGODB_URI, context));
  await bootstrapExisting(world);
  return world;
}

/** Everything behind the routes, on an open database. */
export async function openWorld(settings: Settings, context: ServiceContext, database: Db): Promise<World> {
  const { clock, random, logger, registry, service } = context;
  const instruments = metrics.register(registry);
  const passwords = new Argon2Passwords({
    clock,
    random,
    concurrency: settings.PASSWORD_HASH_CONCURRENCY,
    onHashed: (seconds) => instruments.lucid_auth_password_hash_seconds.observe(seconds),
  });
  addHealthChecks(context, { passwords });
  const events = await openCollection(database, securityEventsCollection(settings.AUDIT_LOG_RETENTION_DAYS));
  return {
    users: new MongoUsers(await openCollection(database, usersCollection)),
    loginSessions: new MongoLoginSessions(await openCollection(database, loginSessionsCollection)),
    loginFailures: new MongoLoginFailures(await openCollection(database, loginFailuresCollection)),
    passwords,
    events: new MongoSecurityEvents({ collection: events, service, clock, logger }),
    outcomes: countedOutcomes(instruments),
    logins: new OneAtATime(),
    key: await deriveSigningKey(settings.JWT_SECRET),
    policy: policyOf(settings),
    clock,
    random,
  };
}

function policyOf(settings: Settings): Policy {
  const email = settings.BOOTSTRAP_SUPER_ADMIN_EMAIL;
  return {
    accessLifetimeMs: settings.ACCESS_TOKEN_EXPIRE_MINUTES * MINUTE_MS,
    refreshLifetimeMs: settings.REFRESH_TOKEN_EXPIRE_DAYS * DAY_MS,
    maxSessionsPerUser: settings.SESSION_MAX_CONCURRENT_PER_USER,
    lockout: {
      maxFailures: settings.MAX_LOGIN_ATTEMPTS,
      cooldownMs: settings.LOGIN_COOLDOWN_MINUTES * MINUTE_MS,
    },
    superAdminEmail: email === undefined ? undefined : normalName(email),
  };
}

async function bootstrapExisting(world: World): Promise<void> {
  const { superAdminEmail } = world.policy;
  const user = superAdminEmail === undefined ? undefined : await world.users.byEmail(superAdminEmail);
  const origin = { ipAddress: '', userAgent: 'start of the service', requestId: world.random.uuid() };
  if (user) await bootstrapSuperAdmin(world, user, origin);
}
