import { mkdirSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { homeAt } from '../process/home.ts';
import { writeFileAtomically } from '../process/write-file.ts';

/** Where a container engine keeps what it wrote: beside the process engine's things, one folder per engine. */
export interface ContainerHome {
  readonly dir: string;
  readonly stateFile: string;
  /** Base secrets, shared with the process engine: generated once, for the owner alone. */
  readonly secretsDir: string;
  /** What is mounted: every secret in the form containers want it. */
  readonly mountedSecretsDir: string;
  readonly renderedDir: string;
}

/** @param engine folder of its own below the home */
export function containerHome(root: string, dir: string | undefined, engine: string): ContainerHome {
  const home = homeAt(root, dir);
  const own = join(home.dir, engine);
  return {
    dir: home.dir,
    stateFile: join(own, 'deployment.json'),
    secretsDir: home.secretsDir,
    mountedSecretsDir: join(own, 'secrets'),
    renderedDir: join(own, 'rendered'),
  };
}

/** Creates the folders, for the owner alone. */
export function prepareContainerHome(home: ContainerHome): void {
  for (const dir of [home.secretsDir, home.mountedSecretsDir, home.renderedDir])
    mkdirSync(dir, { recursive: true, mode: 0o700 });
}

/** Writes what was rendered. @param files path below the folder to text */
export function writeRendered(home: ContainerHome, files: Iterable<readonly [string, string]>): void {
  for (const [path, text] of files) {
    const target = join(home.renderedDir, path);
    mkdirSync(dirname(target), { recursive: true });
    writeFileAtomically(target, text, 0o644);
  }
}
