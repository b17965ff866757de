const NAMES = [
  'authorization',
  'cookie',
  'password',
  'new_password',
  'current_password',
  'token',
  'access_token',
  'refresh_token',
  'mfa_token',
  'secret',
  'private_key',
  'api_key',
  'signature_key',
  'dek',
  'kek',
  'uri',
  'mongodb_uri',
];

const quoted = (name: string): string => `["${name}"]`;

/** Where a field of one of these names is cut out: at the top, one level down, and in headers and bodies. */
export const REDACTED_FIELDS: readonly string[] = NAMES.flatMap((name) => [
  quoted(name),
  `*${quoted(name)}`,
  `*.headers${quoted(name)}`,
  `*.body${quoted(name)}`,
]);
