/** Debian's package scripts ask a file before they start a server; 101 is no. */
import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';

const text = `#!/bin/sh
# Written by .ci/run, so that installing starts no server, and removed when it is done. Left behind by an interrupted run,
# it is removed by the next one; until then no package can start its server.
exit 101
`;

export interface StartPolicy {
  /** Starts nothing while `work` runs. Somebody else's policy is left as it is. */
  startingNothing(work: () => void): void;
  /** Removes what an interrupted run left behind. */
  clear(): void;
}

/** @param file `/usr/sbin/policy-rc.d`, or one of a test */
export function startPolicy(file: string): StartPolicy {
  const isOurs = () => existsSync(file) && readFileSync(file, 'utf8') === text;
  const clear = () => {
    if (isOurs()) rmSync(file, { force: true });
  };
  return {
    clear,
    startingNothing(work) {
      if (!existsSync(file)) writeFileSync(file, text, { mode: 0o755 });
      try {
        work();
      } finally {
        clear();
      }
    },
  };
}
