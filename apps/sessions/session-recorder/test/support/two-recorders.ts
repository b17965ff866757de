import { type SpawnedService, temporaryFolder } from '@lucid/testing';
import type { Ground } from './ground.ts';

export interface TwoRecorders {
  a: SpawnedService;
  b: SpawnedService;
  folderOfA: string;
  /** Kills both. */
  end(): Promise<void>;
}

/** Two recorders with one database and a disk each. */
export async function twoRecorders(
  ground: Ground,
  name: string,
  environment: Record<string, string>,
): Promise<TwoRecorders> {
  const mongoUri = ground.mongoUri(name);
  const folders = [temporaryFolder(`${name}-a`), temporaryFolder(`${name}-b`)] as const;
  const spawn = (index: 0 | 1) =>
    ground.spawn({ mongoUri, dataDir: folders[index].path, instance: index + 1, environment });
  const [a, b] = await Promise.all([spawn(0), spawn(1)]);
  const end = async () => {
    await Promise.all([a.kill(), b.kill()]);
    for (const folder of folders) folder.remove();
  };
  return { a, b, folderOfA: folders[0].path, end };
}
