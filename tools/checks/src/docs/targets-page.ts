/** docs/design/targets.md: what each target cannot say of the model, as the renderers themselves tell it. */
import type { Workspace } from '../workspace.ts';
import { page, table } from './markdown.ts';

/** What a rendering lost; the renderers know more of it than a page has to. */
interface Loss {
  readonly service: string;
  readonly field: string;
}

interface Rendered {
  readonly profile: string;
  readonly target: { readonly name: string };
  readonly rendering: { readonly losses: readonly Loss[] };
}

type LossTable = (byTarget: ReadonlyMap<string, readonly Loss[]>) => string;

const modules = {
  system: 'deploy/src/system.ts',
  renderers: 'deploy/src/render/all-targets.ts',
  report: 'deploy/src/render/loss-report.ts',
} as const;

const introduction = [
  'A loss is something the model says and a target cannot. The renderer that meets one tells it, with the reason and what',
  'stands in its place; what is lost without being told, or told without being lost, is a finding of `deploy check`. How',
  'that works is in [deploy.md](deploy.md). Beside the files of each profile and target, `losses.json` names every service.',
].join('\n');

/** The page by its path; nothing where the tree has no renderers. */
export async function targetsPage(workspace: Workspace): Promise<ReadonlyArray<readonly [string, string]>> {
  if (!workspace.files.includes(modules.renderers)) return [];
  const { system } = await workspace.load(modules.system);
  const renderAll = (await workspace.load(modules.renderers)).renderAll as (system: unknown) => Rendered[];
  const lossTable = (await workspace.load(modules.report)).lossTable as LossTable;
  const rendered = renderAll(system);
  const text = page('What each target cannot say', introduction, [
    ['How many, by profile', counts(rendered)],
    ['Which, and what stands in their place', lossTable(lossesByTarget(rendered))],
  ]);
  return [['docs/design/targets.md', text]];
}

function counts(rendered: readonly Rendered[]): string {
  const targets = [...new Set(rendered.map(({ target }) => target.name))];
  const rows = [...Map.groupBy(rendered, ({ profile }) => profile)].map(([profile, of]) => [
    profile,
    ...targets.map((name) => String(of.find(({ target }) => target.name === name)?.rendering.losses.length)),
  ]);
  return table(['profile', ...targets], rows);
}

function lossesByTarget(rendered: readonly Rendered[]): Map<string, Loss[]> {
  const groups = Map.groupBy(rendered, ({ target }) => target.name);
  return new Map([...groups].map(([name, of]) => [name, of.flatMap(({ rendering }) => rendering.losses)]));
}
