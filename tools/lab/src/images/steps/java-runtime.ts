import { readdir, readFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Lab } from '../../data/lab.ts';
import { LabError } from '../../errors.ts';
import { build } from '../../system/build.ts';
import { thisMachine } from '../../this-machine.ts';
import type { StepContext } from '../definition.ts';

const OLDEST = 21;
const FOLDER = '/usr/lib/jvm';

/** The major version in a JDK's `release` file, like `JAVA_VERSION="25.0.3"`. */
export function parseJavaVersion(release: string): number | undefined {
  const match = /^JAVA_VERSION="(\d+)/m.exec(release);
  return match === null ? undefined : Number(match[1]);
}

/** A JDK that can link runtimes: JAVA_HOME when it is new enough, else the newest under /usr/lib/jvm. */
async function findJdk(env: NodeJS.ProcessEnv): Promise<string | undefined> {
  const installed = await readdir(FOLDER).catch(() => []); // a machine without Java
  const found: { home: string; version: number }[] = [];
  for (const home of [env.JAVA_HOME ?? '', ...installed.sort().map((name) => join(FOLDER, name))]) {
    const release = await readFile(join(home, 'release'), 'utf8').catch(() => ''); // not a JDK
    const tools: string[] = await readdir(join(home, 'bin')).catch(() => []);
    const version = parseJavaVersion(release) ?? 0;
    if (version >= OLDEST && tools.includes('jlink') && tools.includes('javac'))
      found.push({ home, version });
  }
  return (
    found.find(({ home }) => home === env.JAVA_HOME)?.home ??
    found.sort((a, b) => b.version - a.version)[0]?.home
  );
}

/** Why a server out of Java libraries cannot be built here, which these tools are needed for. */
export async function whyNoJava(lab: Lab, tools: readonly string[]): Promise<string | undefined> {
  const machine = thisMachine(lab.cache, lab.env);
  for (const tool of tools) if (!(await machine.hasTool(tool))) return `${tool} is not installed`;
  return (await findJdk(lab.env)) === undefined ? `a JDK of version ${OLDEST} or newer is needed` : undefined;
}

/** Links a runtime of the machine's JDK with only these modules into the image. @returns the JDK's home */
export async function addJavaRuntime(
  { stage, lab, log, note }: StepContext,
  modules: readonly string[],
  to: string,
): Promise<string> {
  const home = await findJdk(lab.env);
  if (home === undefined) throw new LabError('CANNOT_RUN', `no JDK of version ${OLDEST} or newer`);
  note(`jlink of ${home}`);
  const trim = [
    '--strip-java-debug-attributes',
    '--no-header-files',
    '--no-man-pages',
    '--compress',
    'zip-6',
  ];
  const args = [...trim, '--add-modules', modules.join(','), '--output', join(stage, to)];
  await build({ file: join(home, 'bin/jlink'), args }, { log, signal: lab.signal });
  return home;
}
