import type { Command } from 'commander';
import { openAccount } from '../account.ts';
import { ask, readLineFromPipe } from '../ask.ts';
import { removeProfile } from '../profile.ts';
import { DEFAULT_URL, signIn } from '../sign-in.ts';
import { outputOf, withOutputOptions } from './command.ts';

interface LoginOptions {
  url: string;
  email?: string;
  register?: boolean;
  username?: string;
  passwordStdin?: boolean;
  json?: boolean;
  quiet?: boolean;
}

export function addLogin(program: Command): void {
  withOutputOptions(program.command('login'))
    .description('sign in and remember it for the other commands')
    .option('--url <url>', 'address of the gateway', process.env.LUCID_URL ?? DEFAULT_URL)
    .option('--email <email>', 'e-mail address of the account')
    .option('--register', 'create the account first')
    .option('--username <name>', 'name of the new account (default: what stands before the @)')
    .option('--password-stdin', 'read the password from standard input (else LUCID_PASSWORD, else ask)')
    .action(login);
  withOutputOptions(program.command('logout')).description('end the sign-in and forget it').action(logout);
}

async function login(options: LoginOptions): Promise<void> {
  const output = outputOf(options);
  const email = options.email ?? (await ask('E-mail'));
  const password = await passwordFrom(options);
  const username =
    options.username ?? (email.split('@')[0] ?? '').replace(/[^A-Za-z0-9_-]/g, '-').padEnd(3, '-');
  const profile = await signIn({
    url: options.url,
    email,
    password,
    ...(options.register ? { register: { username } } : {}),
  });
  const { url, genesis_hash } = profile;
  output.result({ url, email, genesis_hash }, `signed in to ${url} as ${email}\nchain ${genesis_hash}`);
}

async function passwordFrom(options: LoginOptions): Promise<string> {
  if (options.passwordStdin) return readLineFromPipe();
  return process.env.LUCID_PASSWORD ?? (await ask('Password', { hidden: true }));
}

async function logout(options: { json?: boolean }): Promise<void> {
  await using account = await openAccount();
  try {
    await account.clients.auth.logout({ body: { refresh_token: account.profile.refresh_token } });
  } finally {
    await removeProfile();
  }
  outputOf(options).result({ signed_in: false }, 'signed out');
}
