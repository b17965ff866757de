import { randomUUID } from 'node:crypto';
import { startTestMongo, type TestMongo } from '@lucid/testing';
import { afterAll, beforeAll } from 'vitest';
import { RunningPipeline } from './pipeline.ts';
import { World } from './world.ts';

export interface PipelineInWorld {
  world: World;
  pipeline: RunningPipeline;
  /** A session that records, with so many chunks in storage. @returns its id */
  recorded(chunks?: number): Promise<string>;
  /** Of its database. */
  mongoUri(): string;
}

/** A pipeline among pretended services; they run from before the first test of a file until after the last. */
export function pipelineInWorld(name: string, environment: Record<string, string> = {}): PipelineInWorld {
  const world = new World();
  const pipeline = new RunningPipeline();
  let mongo: TestMongo | undefined;
  const mongoUri = (): string => {
    if (!mongo) throw new Error('before the first test');
    return mongo.uri(`pipeline_${name}_${process.pid}`);
  };
  beforeAll(async () => {
    [mongo] = await Promise.all([startTestMongo(), world.start()]);
    await pipeline.begin(mongoUri(), { ...world.environment, ...environment });
  }, 60_000);
  afterAll(async () => {
    await pipeline[Symbol.asyncDispose]();
    await world[Symbol.asyncDispose]();
    await mongo?.close();
  });
  const recorded = async (chunks = 0): Promise<string> => {
    const session = randomUUID();
    await pipeline.start(session);
    await pipeline.reaches(session, 'recording'); // a start is answered before, when it takes long
    if (chunks > 0) world.record(session, chunks);
    return session;
  };
  return { world, pipeline, recorded, mongoUri };
}
