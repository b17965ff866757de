import type { Service } from '../model/types.ts';
import { argumentsOf, plainTextsOf } from './facts/texts.ts';
import type { Rule } from './rule.ts';

/** Names of variables whose value is a secret; a path (`…_FILE`) is not. */
const LOOKS_SECRET = /(?:SECRET|PASSWORD|PASSWD|_PASS|_PWD|_KEY|TOKEN|CREDENTIALS)$/;
/** `scheme://user:password@`, also with an empty user. */
const URL_LOGIN = /\b[a-z][a-z0-9+.-]*:\/\/[^\s/:@]*:[^\s/@]+@/i;
/** Options that take a password, in one word or two, and settings of Redis and of YAML files. */
const ARGUMENT =
  /(?:^|\s)(?:--?(?:requirepass|masterauth|password|pass|admin-password)|-a|--user-password)(?:[=\s]+)(\S+)/i;
const SETTING =
  /^\s*["']?(?:requirepass|masterauth|(?:\w*_)?(?:password|passwd|secret|api_?key))["']?\s*[:=\s]\s*["']?([^\s"'#{]\S*)/im;
const PRIVATE_KEY = /-----BEGIN [A-Z ]*PRIVATE KEY-----/;
/** Passwords of samples and defaults, wherever they stand behind a user: `admin:admin`. */
const WELL_KNOWN = /\b(?:admin|root|lucid|guest|user):(?:admin|root|lucid|guest|password|changeme|secret)\b/i;
/** `{value}` of a template, a path, a switch: no secrets. */
const HARMLESS = /^(?:\{value\}|\/|true\b|false\b|-)/;

export const plainSecrets: Rule = {
  name: 'plain-secrets',
  because: 'what stands in a variable, a command or a file of configuration is read by everybody who looks',
  check: ({ services }) => services.flatMap((service) => [...byName(service), ...byValue(service)]),
};

function byName({ name, env }: Service): string[] {
  return Object.keys(env)
    .filter((variable) => LOOKS_SECRET.test(variable))
    .map((variable) => `${name} has ${variable} as plain text`);
}

/** The complaint names the place, never the value. */
function byValue(service: Service): string[] {
  const lines = [...Map.groupBy(argumentsOf(service), ({ where }) => where)].map(([where, words]) => ({
    where,
    line: words.map(({ text }) => text).join(' '),
  }));
  const inTexts = plainTextsOf(service).flatMap(({ where, text }) => [
    ...(URL_LOGIN.test(text) ? [`${where} has an address with a password in it`] : []),
    ...(PRIVATE_KEY.test(text) ? [`${where} has a private key in it`] : []),
    ...(WELL_KNOWN.test(text) ? [`${where} has a password that everybody knows`] : []),
  ]);
  const inLines = lines
    .filter(({ line }) => isSecret(ARGUMENT.exec(line)?.[1]))
    .map(({ where }) => `${where} has a password in it`);
  const inFiles = service.configs
    .filter(({ content }) => isSecret(SETTING.exec(content)?.[1]))
    .map(({ name }) => `${name} has a password in it`);
  return [...new Set([...inTexts, ...inLines, ...inFiles])].map((what) => `${service.name}: ${what}`);
}

const isSecret = (value: string | undefined): boolean => value !== undefined && !HARMLESS.test(value);
