export {
  baseVariables,
  meshVariables,
  mongoVariables,
  plaintextVariables,
  redisVariables,
  serviceUrl,
} from './base-variables.ts';
export { ConfigError } from './config-error.ts';
export {
  type Config,
  type ConfigOf,
  type ConfigSchema,
  defineConfig,
  type Variables,
} from './define-config.ts';
export { flag, integer, list, oneOf, secret, text, url, type Variable } from './variable.ts';
