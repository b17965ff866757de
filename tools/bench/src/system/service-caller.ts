import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { systemClock, systemRandom } from '@lucid/clock';
import { createCredentials, loadServiceKey } from '@lucid/service-auth';
import type { BenchSystem } from './bench-system.ts';

/** Headers of a call that one service makes to another, with the key that the system at this home gave it. */
export async function headersOfCall(
  system: BenchSystem,
  from: string,
  to: string,
): Promise<Record<string, string>> {
  const { id } = await system.instance(from);
  const pem = readFileSync(join(system.home, 'secrets', 'instances', `${id}.pem`), 'utf8');
  const credentials = createCredentials({
    serviceName: `lucid-${from}`,
    instanceId: id,
    key: loadServiceKey(pem),
    clock: systemClock,
    random: systemRandom,
  });
  return { authorization: `Bearer ${credentials.tokenFor(`lucid-${to}`)}` };
}
