import { systemClock } from '@lucid/clock';
import { ConfigError } from '@lucid/config';
import { createLogger, type Logger } from '@lucid/logging';
import { config } from './config.ts';
import { errors, InitError } from './errors.ts';
import { runTask } from './run-task.ts';
import { type TaskSettings, taskSettings } from './task-settings.ts';

/** Exit codes of the job, the same as those of services. */
export const EXIT = { done: 0, failed: 1, badConfig: 78 } as const;

/** Runs the task that the environment or the argument names. @returns the exit code */
export async function runJob(argument: string | undefined): Promise<number> {
  const loaded = load(argument);
  if (loaded === undefined) return EXIT.badConfig;
  const { settings, chosen } = loaded;
  const logger = createLogger({
    service: settings.SERVICE_NAME,
    instance: settings.INSTANCE_ID,
    level: settings.LOG_LEVEL,
  }).child({ task: chosen.task });
  endOnSignal(logger);
  try {
    const deadlineSeconds = settings.INIT_DEADLINE_SECONDS;
    const steps = await runTask(chosen, { clock: systemClock, logger, deadlineSeconds });
    logger.info(steps === 0 ? 'already right: nothing to do' : `done, steps taken: ${steps}`);
    return EXIT.done;
  } catch (error) {
    if (error instanceof InitError) logger.fatal({ reason: error.key }, error.message);
    else logger.fatal({ err: error }, `unexpected failure: ${(error as Error).message}`);
    return EXIT.failed;
  }
}

function load(argument: string | undefined) {
  try {
    const settings = config.load();
    const chosen: TaskSettings = taskSettings(settings, argument);
    return { settings, chosen };
  } catch (error) {
    if (!(error instanceof ConfigError)) throw error;
    process.stderr.write(`${error.message}\n`);
    return undefined;
  }
}

/** As process 1 of a container, Node would ignore the signal; every step is safe to be cut off. */
function endOnSignal(logger: Logger): void {
  const end = (signal: NodeJS.Signals) => {
    logger.fatal({ reason: errors.interrupted(signal).key }, errors.interrupted(signal).message);
    process.exit(EXIT.failed);
  };
  process.once('SIGTERM', end);
  process.once('SIGINT', end);
}
