import { copyImages, imageIds, missingAt } from '../docker/image-load.ts';
import { LabError } from '../errors.ts';
import { nodeCondition, type SwarmState } from './state.ts';

export interface LoadImages {
  readonly images: readonly string[];
  /** The engine that has them. */
  readonly from: string;
  readonly note?: (line: string) => void;
  readonly signal?: AbortSignal;
}

/** What was copied to one node. */
export interface Loaded {
  readonly node: number;
  readonly images: readonly string[];
  readonly sizeBytes: number;
}

/**
 * Gives every node that runs the images it does not have yet, side by side; image ids decide.
 * @throws LabError DOCKER_FAILED when the source lacks one, or a copy breaks off
 */
export async function loadImages(state: SwarmState, input: LoadImages): Promise<Loaded[]> {
  const { images, from, note = () => undefined, signal } = input;
  const source = await imageIds(from, images);
  const unknown = images.filter((name) => !source.has(name));
  if (unknown.length > 0) throw new LabError('DOCKER_FAILED', `${from} has no image ${unknown.join(', ')}`);
  return Promise.all(
    state.nodes.map(async ({ number, dockerHost, ...node }) => {
      const nothing = { node: number, images: [], sizeBytes: 0 };
      if ((await nodeCondition({ number, dockerHost, ...node })) === 'killed') {
        note(`node ${number}: does not run, gets nothing`);
        return nothing;
      }
      const missing = missingAt(source, await imageIds(dockerHost, images));
      if (missing.length === 0) {
        note(`node ${number}: has all ${images.length}`);
        return nothing;
      }
      note(`node ${number}: ${missing.length === 1 ? missing[0] : `${missing.length} images`} …`);
      const begin = performance.now();
      const copy = { from, to: dockerHost, names: missing, ...(signal === undefined ? {} : { signal }) };
      const sizeBytes = await copyImages(copy);
      const took = `${(sizeBytes / 1e6).toFixed(0)} MB in ${((performance.now() - begin) / 1000).toFixed(1)} s`;
      note(`node ${number}: ${missing.length} of ${images.length} loaded, ${took}`);
      return { node: number, images: missing, sizeBytes };
    }),
  );
}
