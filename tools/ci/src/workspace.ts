import { delimiter, join } from 'node:path';

export const workspaceRoot = join(import.meta.dirname, '..', '..', '..');

/**
 * Environment for everything the CI commands start: our Node and tools first on the path, the system's administration
 * tools last (the lab needs them and a bare PATH lacks them), and an Nx that asks nothing, calls nobody, leaves no daemon
 * behind and draws no screen.
 */
export function toolEnvironment(path = process.env.PATH ?? ''): Record<string, string> {
  return {
    PATH: [join(workspaceRoot, 'node_modules', '.bin'), path, '/usr/sbin', '/sbin'].join(delimiter),
    NX_DAEMON: 'false',
    NX_NO_CLOUD: 'true',
    NX_TUI: 'false',
    NX_INTERACTIVE: 'false',
  };
}
