import { copyFile, mkdir, readdir, rename } from 'node:fs/promises';
import { join } from 'node:path';
import type { CommandLine } from '../../debian/enter.ts';
import { build } from '../../system/build.ts';
import { definitionDir } from '../content-key.ts';
import type { StepContext } from '../definition.ts';
import { resolveIn } from '../resolve-in.ts';

export const ELASTICSEARCH_HOME = '/usr/share/elasticsearch';

const SOURCES = definitionDir('elasticsearch');

/** The jars that belong to the HTTP transport's own class loader. */
const TRANSPORT = /^(netty-|transport-netty4-)/;

/** Lays out Elasticsearch's home: libraries, the transport module, our two small classes, the native part. */
export async function addElasticsearch(context: StepContext, jdk: string): Promise<void> {
  const { stage, work, lab, log, note } = context;
  const run = (command: CommandLine) => build(command, { log, signal: lab.signal });
  const home = join(stage, ELASTICSEARCH_HOME);
  const places = {
    lib: join(home, 'lib'),
    transport: join(home, 'modules/transport-netty4'),
    root: join(home, 'modules/lab-root'),
    native: join(home, 'lib/platform/linux-x64'),
  };
  for (const folder of [...Object.values(places), join(home, 'plugins')])
    await mkdir(folder, { recursive: true });

  note('Maven Central: org.elasticsearch:elasticsearch, transport-netty4');
  const jars = join(work, 'jars');
  const goal = ['-B', '-q', '-f', join(SOURCES, 'pom.xml'), 'dependency:copy-dependencies'];
  await run({ file: 'mvn', args: [...goal, '-DincludeScope=runtime', `-DoutputDirectory=${jars}`] });

  note('javac');
  const compile = async (source: string, jar: string) => {
    const classes = join(work, source);
    const options = ['--release', '21', '-cp', `${jars}/*`, '-d', classes, join(SOURCES, source)];
    await run({ file: join(jdk, 'bin/javac'), args: options });
    const pack = ['--create', '--file', jar, '--date', '1980-01-02T00:00:00Z', '-C', classes, '.'];
    await run({ file: join(jdk, 'bin/jar'), args: pack });
  };
  await compile('LabElasticsearch.java', join(places.lib, 'lab-elasticsearch.jar'));
  await compile('RootPlugin.java', join(places.root, 'lab-root.jar'));
  await copyFile(join(SOURCES, 'root.properties'), join(places.root, 'plugin-descriptor.properties'));
  await copyFile(
    join(SOURCES, 'transport-netty4.properties'),
    join(places.transport, 'plugin-descriptor.properties'),
  );
  for (const name of await readdir(jars))
    await rename(join(jars, name), join(TRANSPORT.test(name) ? places.transport : places.lib, name));

  const source = join(SOURCES, 'no-vector-functions.c');
  const library = join(places.native, 'libvec.so');
  await run({ file: 'gcc', args: ['-shared', '-fPIC', '-nostdlib', '-s', '-o', library, source] });
  const zstd = await resolveIn(context.pool, '/usr/lib/x86_64-linux-gnu/libzstd.so.1');
  await copyFile(join(context.pool, zstd?.path ?? ''), join(places.native, 'libzstd.so'));
}
