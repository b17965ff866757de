import { errors } from '../../errors.ts';
import { cloneValue } from '../bson/codec.ts';
import type { Doc } from '../bson/types.ts';
import type { Environment } from '../expression/environment.ts';
import { stageOf } from './compile-pipeline.ts';
import { RESHAPE_STAGES } from './reshape-stages.ts';
import type { Sources } from './stage.ts';

const ALLOWED = ['$addFields', '$set', '$project', '$unset', '$replaceRoot', '$replaceWith'];
const NO_SOURCES: Sources = { find: () => [], isIndexed: () => false };

/** An update given as a pipeline: only stages that map one document to one. */
export function compileUpdatePipeline(stages: Doc[], environment: Environment): (doc: Doc) => Doc {
  const compiled = stages.map((stage) => {
    const { name, operand } = stageOf(stage);
    const compiler = RESHAPE_STAGES[name];
    if (!compiler || !ALLOWED.includes(name))
      throw errors.invalidOptions(`${name} is not allowed to be used within an update`);
    return compiler(operand, { environment, sources: NO_SOURCES }, () => (input) => input);
  });
  return (doc) => {
    const [result = {}] = compiled.reduce<Iterable<Doc>>((stream, stage) => stage(stream), [cloneValue(doc)]);
    return result;
  };
}
