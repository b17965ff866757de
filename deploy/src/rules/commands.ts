import type { Service } from '../model/types.ts';
import { programsOf } from './facts/shell-programs.ts';
import { argumentsOf } from './facts/texts.ts';
import type { Rule } from './rule.ts';

/** What `redis-cli --cluster` knows (redis-cli --cluster help). */
const CLUSTER_COMMANDS =
  'create|check|info|fix|reshard|rebalance|add-node|del-node|call|set-timeout|import|backup|help';
/** Lines that can never do what they were written for. */
const HOPELESS: readonly { readonly pattern: RegExp; readonly why: string }[] = [
  {
    pattern: /\bpg_(?:basebackup|dump|restore)\b[^&|;]*\s(?:-W|--password)(?:\s|$)/,
    why: 'waits for a password that nobody types',
  },
  {
    pattern: new RegExp(String.raw`\bredis-cli\b.*--cluster\s+(?!(?:${CLUSTER_COMMANDS})\b)`),
    why: 'gives redis-cli --cluster a word it does not know',
  },
];
const SHELLS = ['sh', 'bash'];

export const commands: Rule = {
  name: 'commands',
  because: 'a container runs its command with what is in its image and with nobody to answer questions',
  check: ({ services }) => services.flatMap((service) => [...shellMissing(service), ...hopeless(service)]),
};

function shellMissing({ name, command, image }: Service): string[] {
  if (!command) return [];
  if (command.length === 0) return [`${name} has an empty command`];
  const [program = ''] = programsOf(command);
  return SHELLS.includes(program) && !image.programs.includes(program)
    ? [`${name} is started by ${program}, which ${image.reference} does not have`]
    : [];
}

function hopeless(service: Service): string[] {
  const lines = Map.groupBy(argumentsOf(service), ({ where }) => where);
  return [...lines].flatMap(([where, words]) => {
    const line = words.map(({ text }) => text).join(' ');
    return HOPELESS.filter(({ pattern }) => pattern.test(line)).map(
      ({ why }) => `${service.name}: ${where} ${why}`,
    );
  });
}
