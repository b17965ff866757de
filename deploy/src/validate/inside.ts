/** Asking from inside an instance: what it hears is what its neighbours hear, whatever network it is on. */
import type { Captured, InstanceStatus } from '../engines/engine.ts';
import type { Service } from '../model/types.ts';
import { type Answer, type CheckContext, isRunning, reasonOf } from './check.ts';

/** The only program of our images. */
export const NODE = '/nodejs/bin/node';
const WITHIN_MS = 5_000;

/**
 * GET on an instance of ours. In a container node asks its own loopback, as nothing of it is reachable from here; a
 * process is asked at its address. @throws Error when no answer came
 */
export async function askOurs(
  context: CheckContext,
  instance: InstanceStatus,
  port: number,
  path: string,
): Promise<Answer> {
  if (!context.containers) return context.get(`http://${hostOf(instance)}:${port}${path}`, WITHIN_MS);
  return answerIn(await context.capture(instance.id, askingCommand(`http://127.0.0.1:${port}${path}`)));
}

/** GET on somebody else's part, from the first container of ours that can: it is a neighbour on the same network. */
export async function askFromNeighbour(
  context: CheckContext,
  neighbours: readonly InstanceStatus[],
  url: string,
): Promise<Answer> {
  return answerIn((await captureInAny(context, neighbours, askingCommand(url))).captured);
}

function answerIn(captured: Captured): Answer {
  if (captured.exitCode !== 0) throw new Error(whyOf(captured));
  const [, status, body] = /^(\d{3})\n(.*)$/s.exec(captured.stdout) ?? [];
  if (status === undefined) throw new Error('the answer from inside cannot be read');
  return { status: Number(status), body: body ?? '' };
}

/** The first of several instances that a command could be run in: on a Swarm some of them are on other nodes. */
export async function captureInAny(
  context: CheckContext,
  instances: readonly InstanceStatus[],
  command: readonly string[],
): Promise<{ readonly instance: InstanceStatus; readonly captured: Captured }> {
  return firstOf(instances, async (instance) => ({
    instance,
    captured: await context.capture(instance.id, command),
  }));
}

/** Like `askOurs`, of the first instance that answers. */
export function askAny(
  context: CheckContext,
  instances: readonly InstanceStatus[],
  port: number,
  path: string,
): Promise<{ readonly instance: InstanceStatus; readonly answer: Answer }> {
  return firstOf(instances, async (instance) => ({
    instance,
    answer: await askOurs(context, instance, port, path),
  }));
}

async function firstOf<T>(
  instances: readonly InstanceStatus[],
  ask: (instance: InstanceStatus) => Promise<T>,
): Promise<T> {
  let last = 'no instance of it is running';
  for (const instance of instances.filter(isRunning)) {
    try {
      return await ask(instance);
    } catch (error) {
      last = reasonOf(error);
    }
  }
  throw new Error(last);
}

/** Where a port of an instance is when it runs as a process: there, unless all share one address. */
export async function portOf(
  context: CheckContext,
  instance: InstanceStatus,
  service: Service,
  port: number,
): Promise<number> {
  const own = Number(instance.address.split(':').at(-1));
  if (context.containers || own === service.port) return port;
  if (port === service.port) return own;
  const variable = service.extraPorts.find((extra) => extra.port === port)?.variable;
  if (variable === undefined) throw new Error(`nobody knows where port ${port} of ${instance.id} is`);
  const told = await context.capture(instance.id, [process.execPath, '-p', `process.env.${variable}`]);
  return Number(told.stdout);
}

/** A command that could not even be started, or ended badly, in its last words. */
export function whyOf({ exitCode, stdout, stderr }: Captured): string {
  const words = (stderr.trim() || stdout.trim()).split('\n').at(-1) ?? '';
  return words === '' ? `exit code ${exitCode}` : words;
}

/** How clients begin what they say of themselves: refused, or without an engine, here or on the node that was named. */
const ENGINE_SAYS =
  /^(Error response from daemon|OCI runtime|Cannot connect to the Docker daemon|error during connect|Error: No such container|(Got )?permission denied while trying to connect|Error from server|Unable to connect to the server)/m;

/** The engine could not run the command at all: that says nothing of what the command was to find out. */
export function couldNotRun({ exitCode, stderr }: Captured): boolean {
  return exitCode === 126 || exitCode === 127 || ENGINE_SAYS.test(stderr);
}

export const hostOf = ({ address }: InstanceStatus): string => address.slice(0, address.lastIndexOf(':'));

function askingCommand(url: string): readonly string[] {
  const script = `fetch(${JSON.stringify(url)}, { signal: AbortSignal.timeout(${WITHIN_MS}) })
    .then(async (answer) => console.log(answer.status + '\\n' + await answer.text()))
    .catch((error) => { console.error(error.cause?.message ?? error.message); process.exit(1); })`;
  return [NODE, '-e', script];
}
