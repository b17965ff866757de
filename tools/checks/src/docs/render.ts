import type { Workspace } from '../workspace.ts';
import { collectApis, collectConfig, collectErrors, collectMetrics, collectSharedConfig } from './collect.ts';
import { configPage } from './config-page.ts';
import { errorsPage } from './errors-page.ts';
import { metricsPage } from './metrics-page.ts';
import { targetsPage } from './targets-page.ts';

/** Everything in this folder is generated. */
export const apiFolder = 'docs/api';

/** All generated pages by path. Writing them is `generate-docs.ts`, comparing them the check `generated-docs`. */
export async function renderDocs(workspace: Workspace): Promise<ReadonlyMap<string, string>> {
  const apis = await collectApis(workspace);
  return new Map([
    ['docs/errors.md', errorsPage(await collectErrors(workspace))],
    ['docs/config.md', configPage(await collectSharedConfig(workspace), await collectConfig(workspace))],
    ['docs/metrics.md', metricsPage(await collectMetrics(workspace))],
    ...(await targetsPage(workspace)),
    ...apis.map(
      ({ service, document }) =>
        [`${apiFolder}/${service}.json`, `${JSON.stringify(document, null, 2)}\n`] as const,
    ),
  ]);
}
