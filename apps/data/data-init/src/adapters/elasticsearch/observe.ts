import type { ElasticsearchObservation } from '../../domain/elasticsearch/next-step.ts';
import type { IndexSettings } from '../../domain/elasticsearch/templates.ts';
import type { ElasticsearchWanted } from '../../domain/elasticsearch/wanted.ts';
import { type Answer, type Ask, reasonOf } from './http.ts';

/** Health, templates and settings of existing indices, as far as they are ours. */
export async function observe(ask: Ask, { prefix }: ElasticsearchWanted): Promise<ElasticsearchObservation> {
  try {
    const answers = await Promise.all([
      ask('GET', '/_cluster/health'),
      ask('GET', `/_index_template/${prefix}-*`),
      ask('GET', `/${prefix}-*/_settings`),
    ]);
    const failed = answers.find(({ status }) => status >= 300 && status !== 404);
    if (failed !== undefined)
      return { contact: isDenied(failed) ? 'unfit' : 'away', reason: reasonOf(failed) };
    const [health, templates, indices] = answers;
    return {
      contact: 'reached',
      status: String(health.body.status),
      nodes: Number(health.body.number_of_nodes),
      templates: presentTemplates(templates),
      indices: presentIndices(indices),
    };
  } catch (error) {
    return { contact: 'away', reason: causeOf(error) };
  }
}

const isDenied = ({ status }: Answer): boolean => status === 401 || status === 403;

interface PresentTemplate {
  readonly name: string;
  readonly index_template: Record<string, unknown>;
}

/** Elasticsearch adds fields of its own (`composed_of`); what ours say is compared, and nothing else. */
function presentTemplates({ status, body }: Answer): Map<string, unknown> {
  if (status === 404) return new Map();
  const list = (body.index_templates ?? []) as PresentTemplate[];
  return new Map(
    list.map(({ name, index_template: { index_patterns, priority, template } }) => [
      name,
      { index_patterns, priority, template },
    ]),
  );
}

function presentIndices({ status, body }: Answer): Map<string, IndexSettings> {
  if (status === 404) return new Map();
  const entries = Object.entries(body as Record<string, { settings: { index: IndexSettings } }>);
  return new Map(entries.map(([index, { settings }]) => [index, settings.index]));
}

/** `fetch failed` says nothing; its cause does. */
function causeOf(error: unknown): string {
  const { message, cause } = error as Error;
  return cause instanceof Error && cause.message !== ''
    ? cause.message
    : String((cause as NodeJS.ErrnoException)?.code ?? message);
}
