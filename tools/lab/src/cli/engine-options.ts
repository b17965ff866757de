import { type Command, InvalidArgumentError, Option } from 'commander';

export type Fault = 'kill' | 'start' | 'cut' | 'heal';

interface Common {
  readonly json: boolean;
  /** Folder of everything; the default is `docker` in the cache folder. */
  readonly state: string | undefined;
}

/** What was asked for: one of `lab up | down | status | node | load`. */
export type EngineRequest = Common &
  (
    | {
        readonly verb: 'up';
        readonly swarm: boolean;
        readonly nodes: number;
        readonly managers: number;
        readonly how: 'start' | 'run' | 'check' | 'dry-run';
        readonly printEnv: boolean;
        readonly command: readonly string[];
      }
    | { readonly verb: 'down'; readonly purge: boolean }
    | { readonly verb: 'status' }
    | { readonly verb: 'node'; readonly fault: Fault; readonly number: number }
    | { readonly verb: 'load'; readonly images: readonly string[]; readonly from: string | undefined }
  );

type Flags = Record<string, string | number | boolean | undefined>;

const UP_HELP = `
Without an option: uses the Docker engine that answers, else (root only) installs docker.io, iptables and
iproute2 from Debian where they are missing and starts an engine of its own.

Examples:
  eval "$(lab up --print-env)"            DOCKER_HOST (and DOCKER_CONFIG with Compose v2) in this shell
  lab up --swarm --nodes=3                three engines on one machine that form a Swarm
  lab up --swarm --run -- npx vitest run  only for one command, LUCID_SWARM_STATE in its environment

Exit codes: 0 done, 1 failed, 2 wrong use, 3 this machine cannot ("skipped: reason"),
130 interrupted; with --run the command's own.`;

function wholeNumber(text: string): number {
  if (!/^\d{1,3}$/.test(text)) throw new InvalidArgumentError('a whole number is expected');
  return Number(text);
}

const text = (value: Flags[string]): string | undefined => (typeof value === 'string' ? value : undefined);
const common = (flags: Flags): Common => ({ json: flags.json === true, state: text(flags.state) });

/** Adds `up`, `down`, `status`, `node` and `load` to the program; `act` does what was asked for. */
export function addEngineCommands(program: Command, act: (request: EngineRequest) => Promise<void>): void {
  const command = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .option('--state <dir>', 'keep everything of it in this folder')
      .option('--json', 'print the result as JSON');

  command('up', 'a Docker engine with Compose v2, or with --swarm several that form a Swarm')
    .argument('[command...]', 'with --run: the command and its arguments, after --')
    .option('--swarm', 'several engines in network namespaces of their own')
    .option('--nodes <number>', 'with --swarm: how many', wholeNumber, 3)
    .option('--managers <number>', 'with --swarm: how many of them manage, node 1 first', wholeNumber, 1)
    .addOption(new Option('--check', 'say whether this machine can').conflicts(['run', 'dryRun']))
    .addOption(new Option('--dry-run', 'say what would be done').conflicts('run'))
    .addOption(new Option('--run', 'bring up, run the command, take down').conflicts('printEnv'))
    .option('--print-env', 'print lines for `eval` in a shell')
    .addHelpText('after', UP_HELP)
    .action(async (words: string[], flags: Flags, self: Command) => {
      const how = flags.check ? 'check' : flags.dryRun ? 'dry-run' : flags.run ? 'run' : 'start';
      if (how !== 'run' && words.length > 0) self.error('error: a command is for --run only');
      if (how === 'run' && words.length === 0) self.error('error: --run needs a command: lab up --run -- …');
      const [nodes, managers] = [Number(flags.nodes), Number(flags.managers)];
      const asked = { swarm: flags.swarm === true, nodes, managers, printEnv: flags.printEnv === true };
      await act({ verb: 'up', how, command: words, ...asked, ...common(flags) });
    });

  command('down', 'ends what `lab up` has started, and what killed runs have left')
    .option('--purge', 'remove images too, which the next start would find again')
    .action((flags: Flags) => act({ verb: 'down', purge: flags.purge === true, ...common(flags) }));

  command('status', 'which engines and Swarm nodes run').action((flags: Flags) =>
    act({ verb: 'status', ...common(flags) }),
  );

  const faults: Record<Fault, string> = {
    kill: 'the node loses power: its engine and containers die at once',
    start: 'a killed node comes back with its disk',
    cut: "the node's cable is pulled",
    heal: 'the cable is plugged in again',
  };
  const node = program.command('node').description('what happens to a node of the Swarm that is up');
  for (const [fault, description] of Object.entries(faults) as [Fault, string][])
    node
      .command(fault)
      .description(description)
      .argument('<number>', 'from 1', wholeNumber)
      .option('--state <dir>', 'of the Swarm in this folder')
      .option('--json', 'print the result as JSON')
      .action((number: number, flags: Flags) => act({ verb: 'node', fault, number, ...common(flags) }));

  command('load', 'gives every node of the Swarm images that an engine has')
    .argument('<image...>', 'names')
    .option('--from <host>', 'the engine that has them; default: the one that `lab up` would use')
    .action((images: string[], flags: Flags) =>
      act({ verb: 'load', images, from: text(flags.from), ...common(flags) }),
    );
}
