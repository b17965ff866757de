import { AGGREGATE_COMMAND } from './aggregate-command.ts';
import { AUTH_COMMANDS } from './auth-commands.ts';
import type { CommandDefinition, Commands } from './command.ts';
import { EXPLAIN_COMMAND } from './explain-command.ts';
import { FIND_AND_MODIFY_COMMAND } from './find-and-modify-command.ts';
import { INDEX_COMMANDS } from './index-commands.ts';
import { INSERT_COMMAND } from './insert-command.ts';
import { READ_COMMANDS } from './read-commands.ts';
import { SCHEMA_COMMANDS } from './schema-commands.ts';
import { STATUS_COMMANDS } from './status-commands.ts';
import { UPDATE_COMMANDS } from './update-command.ts';

const COMMANDS: Commands = {
  ...STATUS_COMMANDS,
  ...AUTH_COMMANDS,
  ...READ_COMMANDS,
  ...INSERT_COMMAND,
  ...UPDATE_COMMANDS,
  ...FIND_AND_MODIFY_COMMAND,
  ...AGGREGATE_COMMAND,
  ...INDEX_COMMANDS,
  ...SCHEMA_COMMANDS,
  ...EXPLAIN_COMMAND,
};

/** Undefined for a command this server does not have. */
export const commandNamed = (name: string): CommandDefinition | undefined =>
  Object.hasOwn(COMMANDS, name) ? COMMANDS[name] : undefined;
