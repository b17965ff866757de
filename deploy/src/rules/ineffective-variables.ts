import { foreignProgram } from './facts/image-name.ts';
import type { Rule } from './rule.ts';

interface Ineffective {
  readonly program: string;
  readonly variable: RegExp;
  readonly instead: string;
  /** What makes it a setting after all: a file mounted below this folder. */
  readonly unlessMounted?: string;
}

/** Variables that look like settings and are none: the image reads other ones, or only its configuration. */
const INEFFECTIVE: readonly Ineffective[] = [
  { program: 'redis', variable: /^REDIS_/, instead: 'requirepass and the like stand in redis.conf' },
  {
    program: 'postgres',
    // what the image does read: https://github.com/docker-library/docs/tree/master/postgres
    variable: /^POSTGRES_(?!(?:USER|PASSWORD|DB|INITDB_ARGS|INITDB_WALDIR|HOST_AUTH_METHOD)(?:_FILE)?$)/,
    instead: 'settings of the server are arguments: -c shared_buffers=4GB',
  },
  {
    program: 'mongo',
    variable: /^MONGO_(?!INITDB_(?:ROOT_USERNAME|ROOT_PASSWORD|DATABASE)(?:_FILE)?$)/,
    instead: 'settings of mongod are arguments or stand in mongod.conf',
  },
  {
    program: 'mongo',
    // https://hub.docker.com/_/mongo: the database that scripts of the first start run in; MongoDB makes one at its first write
    variable: /^MONGO_INITDB_DATABASE$/,
    instead:
      'it names the database of start scripts, and there are none; databases come with their first document',
    unlessMounted: '/docker-entrypoint-initdb.d/',
  },
  {
    program: 'consul',
    variable: /^CONSUL_(?!(?:BIND_INTERFACE|CLIENT_INTERFACE|LOCAL_CONFIG|HTTP_|CACERT|CAPATH|CLIENT_)\w*)/,
    instead: 'settings of the agent are arguments or stand in its configuration',
  },
  { program: 'prometheus', variable: /./, instead: 'Prometheus reads arguments and prometheus.yml' },
  { program: 'alertmanager', variable: /./, instead: 'Alertmanager reads arguments and alertmanager.yml' },
];

export const ineffectiveVariables: Rule = {
  name: 'ineffective-variables',
  because: 'a setting nobody reads is worse than none: somebody believes in it',
  check: ({ services }) =>
    services.flatMap((service) => {
      const mounted = [...service.configs, ...service.hostMounts].map(({ mountPath }) => `${mountPath}/`);
      const known = INEFFECTIVE.filter(
        ({ program, unlessMounted: folder }) =>
          program === foreignProgram(service) &&
          !(folder !== undefined && mounted.some((path) => path.startsWith(folder))),
      );
      return Object.keys(service.env).flatMap((name) =>
        known
          .filter(({ variable }) => variable.test(name))
          .map(
            ({ instead }) =>
              `${service.name} sets ${name}, which ${service.image.reference} ignores: ${instead}`,
          ),
      );
    }),
};
