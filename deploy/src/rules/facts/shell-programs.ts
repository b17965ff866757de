/**
 * Which programs a command would have to find in its image. A shell's script is read word by word, not understood: good
 * enough for one-line probes, where a program that is not there is the mistake to find.
 */
const SHELLS = new Set(['sh', 'bash', 'ash', 'dash']);
/** Words a shell knows by itself, and words before which a command stands. */
const LEADING = new Set(['exec', 'until', 'while', 'do', 'if', 'then', 'else', 'elif', '!', '{', 'command']);
const BUILT_IN = new Set(
  'test [ [[ : true false echo printf read cd export set unset exit wait trap kill umask ulimit eval case esac for in done fi local return shift'.split(
    ' ',
  ),
);
/** What comes with a shell in every image that has one: busybox or coreutils. */
const WITH_SHELL = new Set(
  'cat chmod chown cp cut date dirname env expr grep head hostname id install ls mkdir mv rm sed seq sleep sort stat tail tr uname wc'.split(
    ' ',
  ),
);

/** Programs that a command needs, the shell first; `/bin/sh` counts as `sh`. */
export function programsOf(command: readonly string[]): string[] {
  const [first = ''] = command;
  const program = baseName(first);
  if (!SHELLS.has(program)) return [program];
  const script = command[command.findIndex((word) => /^-[a-z]*c$/.test(word)) + 1];
  const inside = script === undefined || script === first ? [] : programsOfScript(script);
  return [...new Set([program, ...inside])];
}

function programsOfScript(script: string): string[] {
  return script
    .split(/&&|\|\||[;|\n()`]/)
    .flatMap((part) => firstProgram(part) ?? [])
    .filter((program) => !BUILT_IN.has(program) && !WITH_SHELL.has(program));
}

/** The word that is run, after quotes that were cut through, assignments and words that lead to a command. */
function firstProgram(part: string): string | undefined {
  const words = part
    .replace(/^["'\s$]+/, '')
    .split(/\s+/)
    .filter((word) => word !== '');
  const word = words.find((each) => !/^[A-Za-z_]\w*=/.test(each) && !LEADING.has(each));
  return word !== undefined && /^[\w./-]*[a-z][\w.-]*$/i.test(word) && !/^[A-Z_]+$/.test(word)
    ? baseName(word)
    : undefined;
}

const baseName = (path: string): string => path.split('/').at(-1) ?? path;
