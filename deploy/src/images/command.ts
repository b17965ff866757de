/** The command line of the images; `deploy/images/build.mjs` starts it. */
import { resolve } from 'node:path';
import { Command, CommanderError } from 'commander';
import { DeployError } from '../errors.ts';
import { buildBase, buildImages, findApps, type ImagesOptions } from './build-images.ts';
import { drawnServices } from './drawn-services.ts';
import { planImages } from './dry-run.ts';
import { imageManifest, writeImageManifest } from './image-manifest.ts';
import { builtTable, plannedTable } from './report.ts';

interface Flags {
  readonly cache: boolean;
  readonly dryRun?: boolean;
  readonly push?: boolean;
  readonly loadOnly?: boolean;
  readonly ifEngine?: boolean;
  readonly baseOnly?: boolean;
  readonly json?: boolean;
}

type Environment = Readonly<Record<string, string | undefined>>;

const ROOT = resolve(import.meta.dirname, '../../..');
const print = (text: string) => process.stdout.write(`${text}\n`);

/** Never throws: failures become one line and an exit code. @returns the exit code */
export async function main(argv: readonly string[], environment: Environment): Promise<number> {
  const program = commandLine();
  try {
    program.parse([...argv], { from: 'user' });
    await run(program.args, program.opts<Flags>(), environment);
    return 0;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : 2; // commander has told
    if (!(error instanceof DeployError)) throw error;
    const skipped = error.code === 'no-docker-engine' && program.opts<Flags>().ifEngine === true;
    process.stderr.write(`${skipped ? 'skipped' : 'failed'}: ${error.message}\n`);
    return skipped ? 0 : error.exitCode;
  }
}

function commandLine(): Command {
  return new Command('build.mjs')
    .description('Makes the images of our apps and loads them into the Docker engine.')
    .argument('[app...]', 'folders or short names; all apps when none is given')
    .option('--no-cache', 'build again what is there already, every step of it')
    .option('--dry-run', 'show what would happen and change nothing')
    .option('--push', 'push both names to the registry too (or LUCID_PUSH=true)')
    .option('--load-only', 'never push, whatever LUCID_PUSH says')
    .option('--if-engine', 'without a Docker engine say so and succeed')
    .option('--base-only', 'see to the base image and build nothing on it')
    .option('--json', 'print one JSON document per image')
    .exitOverride();
}

async function run(wanted: readonly string[], flags: Flags, environment: Environment): Promise<void> {
  const options: ImagesOptions = {
    root: ROOT,
    services: drawnServices(),
    apps: flags.baseOnly ? [] : findApps(ROOT, wanted),
    environment,
    cache: flags.cache,
    push: !flags.loadOnly && (flags.push === true || environment.LUCID_PUSH === 'true'),
    tell: (line) => process.stderr.write(`${line}\n`),
  };
  if (flags.baseOnly) {
    const { reference, sizeBytes } = await buildBase(options);
    print(flags.json ? JSON.stringify({ reference, sizeBytes }) : `base: ${reference}`);
  } else if (flags.dryRun) {
    const planned = await planImages(options);
    print(flags.json ? planned.map((image) => JSON.stringify(image)).join('\n') : plannedTable(planned));
  } else {
    const built = await buildImages(options);
    for (const image of built) writeImageManifest(ROOT, image);
    const documents = built.map((image) =>
      JSON.stringify({ ...imageManifest(image), outcome: image.outcome }),
    );
    print(flags.json ? documents.join('\n') : builtTable(built));
  }
}
