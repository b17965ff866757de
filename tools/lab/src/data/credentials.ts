import { randomBytes } from 'node:crypto';
import { readFile, writeFile } from 'node:fs/promises';

/** The role that clients of the lab log in as; it may do everything. */
export const USER = 'lucid';

/** A fresh password of 192 random bits in URL-safe characters, kept in a file only its owner may read. */
export async function createPassword(path: string): Promise<string> {
  const password = randomBytes(24).toString('base64url');
  await writeFile(path, password, { mode: 0o600 });
  return password;
}

/** The address to hand to the `mongodb` driver; it holds the password, so print it to people only. */
export async function mongodbUri(passwordFile: string, host: string, port: number): Promise<string> {
  return `mongodb://${USER}:${await readFile(passwordFile, 'utf8')}@${host}:${port}/?authSource=admin`;
}
