import { readFileSync } from 'node:fs';

/** The text of a file under `deploy/configs`, as it is. @param path relative to that folder */
export function staticConfig(path: string): string {
  return readFileSync(new URL(`../../configs/${path}`, import.meta.url), 'utf8');
}
