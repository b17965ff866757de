import {
  authService,
  blockchainEngine,
  type Client,
  clientFor,
  sessionApi,
  sessionRecorder,
} from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';
import type { HttpClient, HttpRequest, HttpResponse } from '@lucid/http-client';
import { CliError, EXIT_CODE } from './cli-error.ts';
import { createGatewayHttp, type GatewayHttp } from './gateway-http.ts';
import { type Profile, readProfile, writeProfile } from './profile.ts';

export interface Clients {
  auth: Client<typeof authService>;
  chain: Client<typeof blockchainEngine>;
  sessions: Client<typeof sessionApi>;
  recorder: Client<typeof sessionRecorder>;
}

/** A signed-in user's calls, and the closing of their connections. */
export interface Account extends AsyncDisposable {
  profile: Profile;
  clients: Clients;
}

export const clientsOver = (http: HttpClient, url: string): Clients => ({
  auth: clientFor(authService, http, url),
  chain: clientFor(blockchainEngine, http, url),
  sessions: clientFor(sessionApi, http, url),
  recorder: clientFor(sessionRecorder, http, url),
});

/** @throws CliError 3 when nobody has signed in */
export async function openAccount(): Promise<Account> {
  const profile = await readProfile();
  if (!profile)
    throw new CliError('you are not signed in', EXIT_CODE.notSignedIn, 'run `lucid login` or `lucid demo`');
  return accountOf(profile);
}

export function accountOf(profile: Profile): Account {
  const http = createGatewayHttp();
  http.useToken(profile.access_token);
  const clients = clientsOver(refreshing(http, profile), profile.url);
  return { profile, clients, [Symbol.asyncDispose]: () => http.close() };
}

/** Renews the access token once when the gateway says that it has expired, and repeats the call. */
function refreshing(http: GatewayHttp, profile: Profile): HttpClient {
  let renewal: Promise<void> | undefined;
  return {
    ...http,
    request: async (call: HttpRequest): Promise<HttpResponse> => {
      const answer = await http.request(call);
      if (answer.status !== 401 || !isRepeatable(call)) return answer;
      await answer.body.dump();
      renewal ??= renew(http, profile).finally(() => {
        renewal = undefined;
      });
      await renewal;
      return http.request(call);
    },
  };
}

/** A stream that was sent is gone; whoever sends one asks for the offset first, which renews the token. */
const isRepeatable = ({ body }: HttpRequest): boolean =>
  body === null || body === undefined || typeof body === 'string' || Buffer.isBuffer(body);

async function renew(http: GatewayHttp, profile: Profile): Promise<void> {
  const { auth } = clientsOver(http, profile.url);
  http.useToken(undefined);
  try {
    const { body } = await auth.refresh({ body: { refresh_token: profile.refresh_token } });
    profile.access_token = body.access_token;
    profile.refresh_token = body.refresh_token;
    await writeProfile(profile);
  } catch (error) {
    if (error instanceof ServiceError && error.status === 401)
      throw new CliError('your sign-in has ended', EXIT_CODE.notSignedIn, 'run `lucid login`');
    throw error;
  } finally {
    http.useToken(profile.access_token);
  }
}
