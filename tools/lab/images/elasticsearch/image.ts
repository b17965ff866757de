import { debian12, type ImageDefinition } from '../../src/images/definition.ts';
import { addElasticsearch, ELASTICSEARCH_HOME } from '../../src/images/steps/elasticsearch.ts';
import { addJavaRuntime, whyNoJava } from '../../src/images/steps/java-runtime.ts';

/** What the server uses of Java; log4j needs java.desktop for one interface. */
const JAVA_MODULES = [
  ...['java.se', 'jdk.unsupported', 'jdk.management', 'jdk.net', 'jdk.zipfs', 'jdk.incubator.vector'],
];

/** Parts of java.desktop that draw and play, and link to X and ALSA. */
const UNUSED = ['awt_xawt', 'jawt', 'splashscreen', 'fontmanager', 'freetype', 'jsound'];

/** Elasticsearch 9.2.0 out of Maven Central, its server and HTTP transport without x-pack, on a trimmed Java. */
export const elasticsearch: ImageDefinition = {
  name: 'elasticsearch',
  tag: '9.2.0',
  standsFor: 'elasticsearch:9.2.0 (without x-pack)',
  variable: 'ELASTICSEARCH_IMAGE',
  source: debian12('libc6', 'libstdc++6', 'libzstd1', 'curl', 'bash'),
  pick: ['/usr/bin/curl', '/usr/bin/bash'],
  leaveOut: UNUSED.map((name) => `${ELASTICSEARCH_HOME}/jdk/lib/lib${name}.so`),
  user: { name: 'elasticsearch', uid: 1000, gid: 1000, home: ELASTICSEARCH_HOME },
  owned: ['data', 'logs', 'config'].map((name) => ({
    path: `${ELASTICSEARCH_HOME}/${name}`,
    uid: 1000,
    gid: 0,
  })),
  files: [
    { from: 'entrypoint.sh', to: '/usr/local/bin/docker-entrypoint.sh', mode: 0o755 },
    { from: 'elasticsearch.yml', to: `${ELASTICSEARCH_HOME}/config/elasticsearch.yml` },
    { from: 'log4j2.properties', to: `${ELASTICSEARCH_HOME}/config/log4j2.properties` },
  ],
  run: {
    entrypoint: ['docker-entrypoint.sh'],
    command: ['eswrapper'],
    environment: { ELASTIC_CONTAINER: 'true' },
    user: '1000:0',
    workingDirectory: ELASTICSEARCH_HOME,
    ports: [9200, 9300],
    volumes: [`${ELASTICSEARCH_HOME}/data`],
  },
  whyNot: (lab) => whyNoJava(lab, ['mvn', 'gcc']),
  async step(context) {
    const java = await addJavaRuntime(context, JAVA_MODULES, `${ELASTICSEARCH_HOME}/jdk`);
    await addElasticsearch(context, java);
  },
};
