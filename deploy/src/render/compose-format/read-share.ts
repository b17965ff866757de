import type { Share } from '../../model/policies.ts';
import { cpusOf, mebibytesOf } from './units.ts';

/** `{cpus: '0.5', memory: 512M}` as numbers. */
export function readShare({ cpus, memory }: { readonly cpus: string; readonly memory: string }): Share {
  return { cpus: cpusOf(cpus), memoryMiB: mebibytesOf(memory) };
}
