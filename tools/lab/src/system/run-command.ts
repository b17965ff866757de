import { constants } from 'node:os';
import { execa } from 'execa';

/**
 * Runs the command with our standard streams and the environment given. Signals that reach us are passed on,
 * and it has the last word: we wait until it has ended.
 * @returns its exit code; 128 + n when signal n ended it; 127 when it could not be started
 */
export async function runCommand(command: readonly string[], env: NodeJS.ProcessEnv): Promise<number> {
  const [file = '', ...args] = command;
  const child = execa(file, args, { stdio: 'inherit', reject: false, env, extendEnv: false });
  const forward = (signal: NodeJS.Signals) => child.kill(signal);
  // Ctrl-C on a terminal reaches the command directly; passed on it would count as a second one.
  const names: NodeJS.Signals[] = ['SIGTERM', 'SIGHUP', ...(process.stdin.isTTY ? [] : ['SIGINT' as const])];
  for (const name of names) process.on(name, forward);
  const result = await child;
  for (const name of names) process.off(name, forward);
  if (result.exitCode !== undefined) return result.exitCode;
  if (result.signal !== undefined) return 128 + constants.signals[result.signal as NodeJS.Signals];
  process.stderr.write(`${result.shortMessage ?? `${file} could not be started`}\n`);
  return 127;
}
