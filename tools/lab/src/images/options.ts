import { type Command, Option } from 'commander';

export interface ImagesOptions {
  readonly action: 'build' | 'list' | 'env';
  readonly json: boolean;
  /** Names without `lucid-lab/`; none means all. */
  readonly names: readonly string[];
}

const HELP = `
Builds what the engine at DOCKER_HOST (or the default socket) does not have, and finds it there the next time.

Examples:
  lab images                    all of them
  lab images redis haproxy      these
  lab images --list             what there is, what it stands for, what is built
  eval "$(lab images --env | sed 's/^/export /')"    make deploy use them

Exit codes: 0 done, 1 failed, 2 wrong use, 3 this machine cannot ("skipped: reason"), 130 interrupted.`;

/** Adds `images` to the program; `act` does the work and is told what was asked for. */
export function addImagesCommand(program: Command, act: (options: ImagesOptions) => Promise<void>): void {
  program
    .command('images')
    .description('third-party container images, made of Debian packages and built binaries')
    .argument('[name...]', 'which ones; all when none is named')
    .addOption(new Option('--list', 'say what there is and build nothing').conflicts('env'))
    .option('--env', 'print NAME=value lines for the deploy model, for those that are built')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', HELP)
    .action(async (names: string[], flags: Record<string, boolean | undefined>) => {
      const action = flags.list ? 'list' : flags.env ? 'env' : 'build';
      await act({ action, json: flags.json === true, names });
    });
}
