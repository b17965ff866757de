/** Aggregation pipelines. Rare stages are mingo's (see mingo-stages.ts). */
import { errors } from '../../errors.ts';
import { type Doc, isDocument } from '../bson/types.ts';
import { GROUP_STAGES } from './group-stages.ts';
import { JOIN_STAGES } from './join-stages.ts';
import { MINGO_STAGES } from './mingo-stages.ts';
import { RESHAPE_STAGES } from './reshape-stages.ts';
import { SELECT_STAGES } from './select-stages.ts';
import type { PipelineContext, Stage, StageCompiler } from './stage.ts';

const STAGES: Readonly<Record<string, StageCompiler>> = {
  ...MINGO_STAGES,
  ...SELECT_STAGES,
  ...RESHAPE_STAGES,
  ...GROUP_STAGES,
  ...JOIN_STAGES,
};

/** @throws CommandError for unknown stages */
export function compilePipeline(stages: unknown, context: PipelineContext): Stage {
  if (!Array.isArray(stages)) throw errors.typeMismatch("'pipeline' option must be specified as an array");
  const compiled = stages.map((stage) => compileStage(stage, context));
  return (input) => compiled.reduce<Iterable<Doc>>((stream, stage) => stage(stream), input);
}

function compileStage(stage: unknown, context: PipelineContext): Stage {
  const { name, operand } = stageOf(stage);
  const compiler = Object.hasOwn(STAGES, name) ? STAGES[name] : undefined;
  if (compiler) return compiler(operand, context, compilePipeline);
  if (name === '$out' || name === '$merge')
    throw errors.location(40601, `${name} can only be the final stage in the pipeline`);
  throw errors.location(40324, `Unrecognized pipeline stage name: '${name}'`);
}

export function stageOf(stage: unknown): { name: string; operand: unknown } {
  if (!isDocument(stage)) throw errors.typeMismatch("Each element of the 'pipeline' array must be an object");
  const [name, ...others] = Object.keys(stage);
  if (name === undefined || others.length > 0)
    throw errors.location(40323, 'A pipeline stage specification object must contain exactly one field.');
  return { name, operand: stage[name] };
}
