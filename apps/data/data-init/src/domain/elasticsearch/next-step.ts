import { act, type Decision, done, refuse, wait } from '../decision.ts';
import {
  dynamicSettings,
  type IndexSettings,
  type IndexTemplate,
  saysTheSame,
  wantedTemplates,
} from './templates.ts';
import type { ElasticsearchWanted } from './wanted.ts';

export type ElasticsearchObservation =
  | { readonly contact: 'away'; readonly reason: string }
  | { readonly contact: 'unfit'; readonly reason: string }
  | {
      readonly contact: 'reached';
      readonly status: string;
      readonly nodes: number;
      /** Templates that exist, by name, reduced to what ours say. */
      readonly templates: ReadonlyMap<string, unknown>;
      /** Settings of the indices that exist, by index name. */
      readonly indices: ReadonlyMap<string, IndexSettings>;
    };

export type ElasticsearchAction =
  | {
      readonly kind: 'template';
      readonly name: string;
      readonly body: IndexTemplate;
      readonly isNew: boolean;
    }
  | { readonly kind: 'settings'; readonly index: string; readonly settings: IndexSettings };

/**
 * The next step towards the wanted templates. Pure.
 *
 * ```
 *  answers ─▶ all nodes joined ─▶ yellow or green ─▶ templates as wanted ─▶ settings of existing indices follow ─▶ done
 *                   │no                │no                 │no                         │no
 *                  wait               wait            put template                put settings
 * ```
 */
export function nextStep(
  seen: ElasticsearchObservation,
  wanted: ElasticsearchWanted,
): Decision<ElasticsearchAction> {
  if (seen.contact === 'unfit') return refuse(seen.reason);
  if (seen.contact === 'away') return wait(`Elasticsearch does not answer (${seen.reason})`);
  if (seen.nodes < wanted.nodes) return wait(`${seen.nodes} of ${wanted.nodes} nodes have joined`);
  if (seen.status !== 'yellow' && seen.status !== 'green') return wait(`the cluster is ${seen.status}`);
  const templates = wantedTemplates(wanted);
  for (const [name, body] of templates) {
    const present = seen.templates.get(name);
    if (!saysTheSame(body, present))
      return act({ kind: 'template', name, body, isNew: present === undefined });
  }
  for (const [index, present] of seen.indices) {
    const template = templates.get(templateOf(index, [...templates.keys()]) ?? '');
    if (template === undefined) continue;
    const differing = Object.entries(dynamicSettings(template)).filter(
      ([key, value]) => String(present[key]) !== String(value),
    );
    if (differing.length > 0)
      return act({ kind: 'settings', index, settings: Object.fromEntries(differing) });
  }
  return done;
}

const templateOf = (index: string, names: readonly string[]): string | undefined =>
  names.find((name) => index === name || index.startsWith(`${name}-`));

/** One line of log. */
export function describeElasticsearchAction(action: ElasticsearchAction): string {
  if (action.kind === 'template')
    return `${action.isNew ? 'puts' : 'replaces'} the index template ${action.name}`;
  const settings = Object.entries(action.settings).map(([key, value]) => `${key} ${value}`);
  return `sets ${settings.join(', ')} of the index ${action.index}`;
}
