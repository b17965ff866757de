import { readFileSync } from 'node:fs';
import { ConfigError } from './config-error.ts';
import type { Variable } from './variable.ts';

// biome-ignore lint/suspicious/noExplicitAny: a schema holds variables of every value type; `Config` below recovers each one.
export type Variables = Record<string, Variable<any>>;

export type Config<Schema extends Variables> = {
  readonly [Name in keyof Schema]: Schema[Name] extends Variable<infer Value> ? Value : never;
};

/** What a service's `src/config.ts` exports: its variables, and the way to read them. */
export interface ConfigSchema<Schema extends Variables> {
  readonly service: string;
  readonly variables: Schema;
  /**
   * Reads and checks everything at once.
   * @param environment default: the process's own
   * @throws ConfigError that names every bad or missing variable, never a value
   */
  load(environment?: Readonly<Record<string, string | undefined>>): Config<Schema>;
}

/** The type of a loaded configuration: `type Settings = ConfigOf<typeof config>`. */
export type ConfigOf<Source> = Source extends ConfigSchema<infer Schema> ? Config<Schema> : never;

export function defineConfig<Schema extends Variables>(
  service: string,
  variables: Schema,
): ConfigSchema<Schema> {
  return {
    service,
    variables,
    load: (environment = process.env) => {
      const problems: string[] = [];
      const entries = Object.entries(variables).map(([name, variable]) => {
        try {
          return [name, readOne(name, variable, environment)];
        } catch (error) {
          problems.push(`${name} ${(error as Error).message}`);
          return [name, undefined];
        }
      });
      if (problems.length > 0) throw new ConfigError(service, problems);
      return Object.freeze(Object.fromEntries(entries)) as Config<Schema>;
    },
  };
}

function readOne(
  name: string,
  variable: Variable<unknown>,
  environment: Readonly<Record<string, string | undefined>>,
): unknown {
  const given = environment[name];
  const path = variable.secret ? environment[`${name}_FILE`] : undefined;
  if (given !== undefined && given !== '' && path)
    throw new Error(`is set twice: as ${name} and as ${name}_FILE`);
  const text = path ? readSecretFile(name, path) : given;
  if (text !== undefined && text !== '') return variable.parse(text);
  if (variable.required) throw new Error(variable.secret ? `is required (or ${name}_FILE)` : 'is required');
  return variable.defaultValue;
}

function readSecretFile(name: string, path: string): string {
  try {
    return readFileSync(path, 'utf8').trim();
  } catch (error) {
    throw new Error(`cannot be read from ${name}_FILE (${(error as NodeJS.ErrnoException).code})`);
  }
}
