/**
 * Stages left to mingo: window functions, gap filling, automatic buckets. Documents cross over as plain values, so here, and
 * only here, a whole double or a small int64 comes back as an int32.
 */

import { Aggregator } from 'mingo/aggregator';
import { Context } from 'mingo/core';
import * as accumulators from 'mingo/operators/accumulator';
import * as expressions from 'mingo/operators/expression';
import * as stages from 'mingo/operators/pipeline';
import * as projections from 'mingo/operators/projection';
import * as queries from 'mingo/operators/query';
import * as windows from 'mingo/operators/window';
import type { Doc } from '../bson/types.ts';
import { fromPlain, guarded, toPlain } from '../expression/fallback.ts';
import type { StageCompiler } from './stage.ts';

const OPTIONS = {
  context: Context.init({
    accumulator: { ...accumulators },
    expression: { ...expressions },
    pipeline: { ...stages },
    projection: { ...projections },
    query: { ...queries },
    window: { ...windows },
  } as never),
  scriptEnabled: false,
} as never;

const delegated =
  (name: string): StageCompiler =>
  (operand) => {
    const aggregator = new Aggregator([{ [name]: toPlain(operand) }] as never, OPTIONS);
    return function* (input) {
      const docs = [...input].map(toPlain);
      for (const doc of guarded(() => aggregator.run(docs as never))) yield fromPlain(doc) as Doc;
    };
  };

export const MINGO_STAGES: Readonly<Record<string, StageCompiler>> = Object.fromEntries(
  ['$setWindowFields', '$densify', '$fill', '$bucketAuto', '$documents'].map((name) => [
    name,
    delegated(name),
  ]),
);
