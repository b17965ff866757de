/** Checks the rules of the tree: `node tools/checks/src/main.ts [names…] [--json] [--list]`. Exit code 1 on a finding. */
import { mkdirSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { allChecks } from './all-checks.ts';
import { runChecks } from './run-checks.ts';
import { openWorkspace } from './workspace.ts';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: { json: { type: 'boolean', default: false }, list: { type: 'boolean', default: false } },
});
const root = join(import.meta.dirname, '..', '..', '..');
const unknown = positionals.filter((name) => !allChecks.some((check) => check.name === name));
const chosen = allChecks.filter(({ name }) => positionals.length === 0 || positionals.includes(name));

if (unknown.length > 0) {
  console.error(
    `no such check: ${unknown.join(', ')} (there are: ${allChecks.map(({ name }) => name).join(', ')})`,
  );
  process.exitCode = 2;
} else if (values.list) {
  for (const { name, rule } of allChecks) console.log(`${name.padEnd(24)}${rule}`);
} else {
  const results = await runChecks(chosen, openWorkspace(root), () => performance.now());
  // What `npm test` sums up; a partial run must not pass for the whole.
  if (positionals.length === 0) {
    mkdirSync(join(root, 'dist'), { recursive: true });
    writeFileSync(join(root, 'dist', 'check-results.json'), JSON.stringify(results));
  }
  if (values.json) console.log(JSON.stringify(results, null, 2));
  else
    for (const { name, findings, durationMs } of results) {
      console.log(`${findings.length === 0 ? '✓' : '✗'} ${name} (${durationMs} ms)`);
      for (const { file, line, reason } of findings) console.log(`    ${file}:${line} ${reason}`);
    }
  if (results.some(({ findings }) => findings.length > 0)) process.exitCode = 1;
}
