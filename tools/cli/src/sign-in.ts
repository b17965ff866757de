import { ServiceError } from '@lucid/errors';
import { type Clients, clientsOver } from './account.ts';
import { CliError, EXIT_CODE } from './cli-error.ts';
import { createGatewayHttp } from './gateway-http.ts';
import { type Profile, writeProfile } from './profile.ts';

export const DEFAULT_URL = 'http://127.0.0.1:8080';

export interface SignIn {
  url: string;
  email: string;
  password: string;
  /** Create the account first. */
  register?: { username: string };
}

/**
 * Signs in (and up), pins the chain's first block, and remembers it all.
 * @throws CliError 4 when the gateway cannot be reached, 5 when it refuses
 */
export async function signIn({ url, email, password, register }: SignIn): Promise<Profile> {
  const http = createGatewayHttp();
  const clients = clientsOver(http, url);
  try {
    if (register) await clients.auth.register({ body: { email, password, username: register.username } });
    const { body } = await clients.auth.login({ body: { email, password } });
    http.useToken(body.access_token);
    const profile: Profile = {
      url,
      email,
      access_token: body.access_token,
      refresh_token: body.refresh_token,
      genesis_hash: await genesisHash(clients),
    };
    await writeProfile(profile);
    return profile;
  } catch (error) {
    if (error instanceof ServiceError && error.status === 401)
      throw new CliError('e-mail or password is wrong', EXIT_CODE.refused);
    throw error;
  } finally {
    await http.close();
  }
}

const genesisHash = async ({ chain }: Clients): Promise<string> =>
  (await chain.chainInfo({})).body.genesis_block;
