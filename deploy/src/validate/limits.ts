import type { InstanceStatus } from '../engines/engine.ts';
import type { Image } from '../model/images.ts';
import { type Check, type CheckContext, isRunning } from './check.ts';
import { NODE, whyOf } from './inside.ts';
import { type Finding, perService, unread } from './per-service.ts';

const MIB = 2 ** 20;
/** Without a limit the second kind of cgroup says `max`, the first a number near 2^63. */
const UNLIMITED = 2 ** 60;
/** Of the second and the first kind of cgroup, as a container sees its own. */
const FILES = ['/sys/fs/cgroup/memory.max', '/sys/fs/cgroup/memory/memory.limit_in_bytes'];

/** Whether containers really have the memory limit that the model draws: read inside, where the kernel tells it. Processes have none. */
export const limits: Check = {
  name: 'limits',
  run: async (context) =>
    context.containers ? perService(context, limits.name, (instance) => limitOf(context, instance)) : [],
};

async function limitOf(context: CheckContext, instance: InstanceStatus): Promise<Finding> {
  const service = context.system.services.find(({ name }) => name === instance.service);
  if (!service || !isRunning(instance)) return found(instance, 'unknown', `is ${instance.state}`);
  const wantedMiB = service.resources.limits.memoryMiB;
  const command = readingCommand(service.image);
  if (!command) return found(instance, 'unknown', 'no program of its image could read it');
  try {
    const captured = await context.capture(instance.id, command);
    const [, text] = /^(max|\d+)$/m.exec(captured.stdout) ?? [];
    if (captured.exitCode !== 0 || text === undefined) return found(instance, 'unknown', whyOf(captured));
    const bytes = text === 'max' ? Number.POSITIVE_INFINITY : Number(text);
    if (bytes >= UNLIMITED) return found(instance, 'failed', `has no limit, ${wantedMiB} MiB is drawn`);
    const hasMiB = Math.round(bytes / MIB);
    if (hasMiB === wantedMiB) return found(instance, 'ok', `${wantedMiB} MiB`);
    return found(instance, 'failed', `${hasMiB} MiB, ${wantedMiB} MiB is drawn`);
  } catch (error) {
    return unread(instance.id, error);
  }
}

/** Ours have node and nothing else; other people's, where they have a shell, have its `read`. */
function readingCommand(image: Image): readonly string[] | undefined {
  const names = JSON.stringify(FILES);
  const node = `const { existsSync, readFileSync } = require('fs'); console.log(readFileSync(${names}.find((name) => existsSync(name)), 'utf8').trim())`;
  if (image.programs.includes('node')) return [NODE, '-e', node];
  const shell = `for file in ${FILES.join(' ')}; do if [ -r "$file" ]; then read -r limit < "$file"; echo "$limit"; exit 0; fi; done; exit 1`;
  return image.programs.includes('sh') ? ['sh', '-c', shell] : undefined;
}

const found = ({ id }: InstanceStatus, verdict: Finding['verdict'], detail: string): Finding => ({
  id,
  verdict,
  detail,
});
