import type { InitTask } from '../../converge.ts';
import {
  describeElasticsearchAction,
  type ElasticsearchAction,
  type ElasticsearchObservation,
  nextStep,
} from '../../domain/elasticsearch/next-step.ts';
import type { ElasticsearchWanted } from '../../domain/elasticsearch/wanted.ts';
import { errors } from '../../errors.ts';
import { type Ask, reasonOf } from './http.ts';
import { observe } from './observe.ts';

/** Waits for the cluster and puts the index templates. */
export function elasticsearchTask(
  ask: Ask,
  wanted: ElasticsearchWanted,
): InitTask<ElasticsearchObservation, ElasticsearchAction> {
  return {
    observe: () => observe(ask, wanted),
    next: (seen) => nextStep(seen, wanted),
    describe: describeElasticsearchAction,
    perform: async (action) => {
      const answer =
        action.kind === 'template'
          ? await ask('PUT', `/_index_template/${action.name}`, action.body)
          : await ask('PUT', `/${action.index}/_settings`, { index: action.settings });
      if (answer.status < 300) return;
      if (answer.status >= 400 && answer.status < 500 && answer.status !== 429)
        throw errors.stepRefused(describeElasticsearchAction(action), reasonOf(answer));
      throw new Error(reasonOf(answer));
    },
    close: async () => undefined,
  };
}
