/** The command line of the harness. Parses, picks the engine, prints; decides nothing. */
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { Command, CommanderError, InvalidArgumentError, Option } from 'commander';
import { check } from './cli/check.ts';
import { ENGINES, type EngineFlags, engineForUp, engineThatIsUp } from './cli/engine-choice.ts';
import { generate } from './cli/generate.ts';
import { logs } from './cli/logs.ts';
import { showPreview } from './cli/preview.ts';
import { servicesMeantIn } from './cli/services-meant.ts';
import { statusSummary, statusTable } from './cli/table.ts';
import { openTerminal, type Terminal } from './cli/terminal.ts';
import { up } from './cli/up.ts';
import { upContainers } from './cli/up-containers.ts';
import { validate } from './cli/validate.ts';
import type { Engine } from './engines/engine.ts';
import { ProcessEngine } from './engines/process/process-engine.ts';
import { deployErrors } from './errors.ts';

/** Of `exec` and `validate`. */
const NODE_HOSTS =
  '\n\nOn a Swarm, containers of other nodes are reached when LUCID_NODE_HOSTS names their engines:\n  LUCID_NODE_HOSTS=node-2=ssh://admin@10.0.0.2,node-3=unix:///run/node-3.sock';

const ROOT = resolve(dirname(fileURLToPath(import.meta.url)), '../..');

interface CommonFlags extends EngineFlags {
  readonly json?: boolean;
}

interface UpFlags extends CommonFlags {
  readonly profile: string;
  readonly detach?: boolean;
  readonly dryRun?: boolean;
  readonly publish?: string;
  readonly scale: Record<string, number>;
  readonly set?: string[];
  readonly env?: string[];
}

function parseCount(text: string, into: Record<string, number> = {}): Record<string, number> {
  const [, service, count] = /^([a-z0-9-]+)=(\d{1,3})$/.exec(text) ?? [];
  if (!service || !count) throw new InvalidArgumentError(`expected service=n, for example chunk-processor=3`);
  return { ...into, [service]: Number(count) };
}

const collect = (text: string, into: readonly string[] = []): string[] => [...into, text];

function parseVariable(text: string, into: readonly string[] = []): string[] {
  if (!/^(?:[a-z0-9-]+:)?[A-Za-z_][A-Za-z0-9_]*=/.test(text)) {
    throw new InvalidArgumentError('expected NAME=value or service:NAME=value');
  }
  return [...into, text];
}

function parseLines(text: string): number {
  if (!/^\d{1,6}$/.test(text)) throw new InvalidArgumentError('expected a number of lines');
  return Number(text);
}

/** Builds the parser. @param terminal opened late, because `--json` is itself a flag */
export function commandLine(terminal: (flags: CommonFlags) => Terminal): Command {
  const program = new Command('deploy')
    .enablePositionalOptions()
    .description(
      'Runs Lucid: as processes with nothing to install, on Docker Compose, on a Swarm, or on Kubernetes.',
    );
  const command = (name: string, description: string) =>
    program
      .command(name)
      .description(description)
      .addOption(
        new Option(
          '--engine <name>',
          'what runs it (default: what is up, or for `up` the best that is there)',
        ).choices(ENGINES),
      )
      .option('--home <dir>', 'folder of state, logs, secrets and data (default: LUCID_HOME or .lucid)')
      .option('--json', 'one JSON document per line, for machines');

  command('up', 'build what changed, start everything, wait until it is ready')
    .option('--profile <name>', 'which overlay of the system', 'dev')
    .option('--dry-run', 'tell what would be started, and touch nothing')
    .option('-d, --detach', 'leave it running in the background')
    .option(
      '--publish <address>',
      'another door for you than the one of the profile: host:port, or none (default: 127.0.0.1:8080 where there is no edge, else the ports of the edge: 80, 443, 8080)',
    )
    .option(
      '--set <path=value>',
      'override the profile, for example data.redis=single (repeatable; replaces all of the last up)',
      collect,
    )
    .option('--scale <service=n>', 'start with n instances (repeatable)', parseCount, {})
    .option(
      '--env <[service:]NAME=value>',
      'set a variable (repeatable; replaces all of the last up)',
      parseVariable,
    )
    .option('--source', 'run src/main.ts directly and build nothing')
    .option('--skip-build', 'run the bundles as they are')
    .addOption(
      new Option('--addresses <mode>', 'one address per instance, or one port')
        .choices(['auto', 'subnet', 'ports'])
        .default('auto'),
    )
    .addOption(new Option('--system <module>', 'another system than Lucid').hideHelp())
    .addHelpText(
      'after',
      '\nExamples:\n  deploy up --profile=dev --detach\n  deploy up --publish 127.0.0.1:9080 --scale chunk-processor=3\n  deploy up --home /tmp/second --env session-recorder:LOG_LEVEL=debug\n\nOn containers a second up keeps what it does not name, until down: --set and --env as a whole, each --scale, --publish,\nand the images (LUCID_REGISTRY, LUCID_VERSION, MONGO_IMAGE, ...).',
    )
    .action(async (flags: UpFlags) => {
      const { profile, scale, env, publish, set } = flags;
      const options = {
        profile,
        scale,
        ...(env && { env }),
        ...(set && { set }),
        ...(publish === undefined ? {} : { publish }),
      };
      const engine = await engineForUp(ROOT, flags, profile);
      if (flags.dryRun) showPreview(await engine.preview(options), terminal(flags));
      else if (engine instanceof ProcessEngine)
        await up(engine, options, flags.detach ?? false, terminal(flags));
      else await upContainers(engine, options, terminal(flags));
    });

  command('down', 'stop everything, last started first')
    .option('--volumes', 'remove the data of containers as well')
    .addHelpText('after', '\nExample:\n  deploy down')
    .action(async (flags: CommonFlags & { volumes?: boolean }) => {
      const engine = await engineThatIsUp(ROOT, flags);
      const ended = await engine.down({ volumes: flags.volumes ?? false });
      terminal(flags).document({ ended });
      const what = engine instanceof ProcessEngine ? 'processes' : 'containers';
      terminal(flags).line(ended === 0 ? 'Nothing was up.' : `Stopped ${ended} ${what}.`);
    });

  command('status', 'show what runs')
    .addHelpText('after', '\nExample:\n  deploy status --json')
    .action(async (flags: CommonFlags) => {
      await printStatus(await engineThatIsUp(ROOT, flags), terminal(flags));
    });

  command('logs', 'show the recent lines of all services, or of some')
    .argument('[service...]', 'service or instance names; `engine` is the supervisor')
    .option('-f, --follow', 'go on until Ctrl-C')
    .option('-n, --lines <number>', 'recent lines per instance', parseLines, 50)
    .addHelpText(
      'after',
      '\nExamples:\n  deploy logs -f\n  deploy logs session-recorder chunk-processor-2 -n 200',
    )
    .action(async (of: string[], flags: CommonFlags & { follow?: boolean; lines: number }) => {
      const follow = flags.follow ?? false;
      const engine = await (follow ? engineWithSomethingUp(flags) : engineThatIsUp(ROOT, flags));
      const meant = await servicesMeantIn(engine, of);
      await logs(engine, { of: meant, lines: flags.lines, follow }, terminal(flags));
    });

  command('scale', 'change how many instances of a service run')
    .argument('<service=n...>', 'for example chunk-processor=3')
    .addHelpText('after', '\nExample:\n  deploy scale chunk-processor=3 session-recorder=2')
    .action(async (wanted: string[], flags: CommonFlags) => {
      const engine = await engineThatIsUp(ROOT, flags);
      const counts = wanted.reduce<Record<string, number>>((sum, text) => parseScale(text, sum), {});
      for (const [service, count] of Object.entries(counts)) await engine.scale(service, count);
      await printStatus(engine, terminal(flags));
    });

  command('restart', 'restart the instances of a service one by one, with what is built now')
    .argument('<service>')
    .addHelpText('after', '\nExample:\n  deploy restart session-api')
    .action(async (service: string, flags: CommonFlags) => {
      const engine = await engineThatIsUp(ROOT, flags);
      for (const meant of await servicesMeantIn(engine, [service])) await engine.restart(meant);
      await printStatus(engine, terminal(flags));
    });

  command('exec', 'run a command beside an instance: in its container, or with its environment')
    .argument('<instance>', 'for example session-api-1')
    .argument('<command...>')
    .passThroughOptions()
    .addHelpText('after', `\nExample:\n  deploy exec session-api-1 -- node --version${NODE_HOSTS}`)
    .action(async (instance: string, args: string[], flags: CommonFlags) => {
      const command = args[0] === '--' ? args.slice(1) : args; // passed through with the rest
      process.exitCode = await (await engineThatIsUp(ROOT, flags)).exec(instance, command);
    });

  command('update', 'replace a service by another version of its image, replica by replica')
    .argument('<service>')
    .requiredOption('--to <version>', 'tag of the image')
    .addHelpText('after', '\nExample:\n  deploy update session-api --to 0.2.0')
    .action(async (service: string, flags: CommonFlags & { to: string }) => {
      const engine = await engineWithSomethingUp(flags);
      if (!engine.update) throw deployErrors.cannot(engine.name, 'update');
      for (const meant of await servicesMeantIn(engine, [service])) await engine.update(meant, flags.to);
      await printStatus(engine, terminal(flags));
    });

  command('rollback', 'put back the version before the last update')
    .argument('<service>')
    .action(async (service: string, flags: CommonFlags) => {
      const engine = await engineWithSomethingUp(flags);
      if (!engine.rollback) throw deployErrors.cannot(engine.name, 'rollback');
      for (const meant of await servicesMeantIn(engine, [service])) await engine.rollback(meant);
      await printStatus(engine, terminal(flags));
    });

  command(
    'validate',
    'look whether what runs is what was asked for, and well: replicas, health, stores, logs',
  )
    .addHelpText('after', `\nExit code 1 when something is wrong.${NODE_HOSTS}`)
    .action(async (flags: CommonFlags) => {
      await validate(await engineThatIsUp(ROOT, flags), terminal(flags));
    });

  command('generate', 'write the files of every profile for Compose, Swarm and Kubernetes')
    .option('--out <dir>', 'folder to write to', join(ROOT, 'deploy/generated'))
    .option('--profile <name>', 'only this profile (repeatable)', collect, [])
    .option('--set <path=value>', 'override the profiles (repeatable)', collect, [])
    .option('--dry-run', 'tell what would change, write nothing')
    .action((flags: CommonFlags & { out: string; profile: string[]; set: string[]; dryRun?: boolean }) => {
      generate({ ...flags, dryRun: flags.dryRun ?? false }, terminal(flags));
    });

  command('check', 'rules, generated files, equivalence of the targets and what they cannot express').action(
    (flags: CommonFlags) => check(join(ROOT, 'deploy/generated'), terminal(flags)),
  );
  return program;
}

/** For what makes no sense without anything that is up. @throws `engine-not-up` */
async function engineWithSomethingUp(flags: CommonFlags): Promise<Engine> {
  const engine = await engineThatIsUp(ROOT, flags);
  if (!engine.hasDeployment()) throw deployErrors.engineNotUp(engine.home.dir);
  return engine;
}

function parseScale(text: string, into: Record<string, number>): Record<string, number> {
  try {
    return parseCount(text, into);
  } catch {
    throw deployErrors.usage(`not a scale: ${text} (expected service=n, for example chunk-processor=3)`);
  }
}

async function printStatus(engine: Engine, terminal: Terminal): Promise<void> {
  const status = await engine.status();
  if (!status) throw deployErrors.engineNotUp(engine.home.dir);
  terminal.document(status);
  terminal.line(`${statusTable(status)}\n\n${statusSummary(status)}`);
}

/** Runs one command. Never throws: failures become one line and an exit code. */
export async function main(argv: readonly string[]): Promise<void> {
  const terminal = (flags: CommonFlags) => openTerminal(flags.json ?? false);
  const program = commandLine(terminal);
  for (const command of [program, ...program.commands]) {
    command.exitOverride().configureOutput({ outputError: () => {} }); // told below, in our own form
  }
  try {
    await program.parseAsync([...argv], { from: 'user' });
  } catch (error) {
    const out = terminal({ json: argv.includes('--json') });
    if (!(error instanceof CommanderError)) return out.fail(error);
    if (error.exitCode === 0) return; // help was asked for and printed
    const reason =
      error.code === 'commander.help'
        ? 'say what to do: up, down, status, logs, scale, restart, exec, update, rollback, validate, generate or check'
        : error.message;
    out.fail(deployErrors.usage(reason.replace(/^error: /, '').replaceAll('\n', ' ')));
  }
}
