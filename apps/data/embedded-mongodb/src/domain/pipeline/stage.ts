import type { Doc } from '../bson/types.ts';
import type { Environment } from '../expression/environment.ts';

/** Turns a stream of documents into another. */
export type Stage = (input: Iterable<Doc>) => Iterable<Doc>;

/** The collections a pipeline may read besides its own. */
export interface Sources {
  find(collection: string, filter: Doc): Iterable<Doc>;
  /** True when an equality on the path is answered from an index. */
  isIndexed(collection: string, path: string): boolean;
}

export interface PipelineContext {
  environment: Environment;
  sources: Sources;
}

export type StageCompiler = (operand: unknown, context: PipelineContext, compile: CompilePipeline) => Stage;
export type CompilePipeline = (stages: unknown, context: PipelineContext) => Stage;
