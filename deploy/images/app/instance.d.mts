import type { NetworkInterfaceInfo } from 'node:os';

export interface Instance {
  readonly environment: Readonly<Record<string, string>>;
  readonly problem?: string;
}

export function identify(facts: {
  readonly environment: Readonly<Record<string, string | undefined>>;
  readonly defaults: Readonly<Record<string, string>>;
  readonly hostname: string;
  readonly interfaces: Readonly<Record<string, readonly NetworkInterfaceInfo[] | undefined>>;
}): Instance;

export function withDefaults(
  environment: Readonly<Record<string, string | undefined>>,
  defaults: Readonly<Record<string, string>>,
): Record<string, string>;
