import { DockerClient } from '../../../src/images/docker-client.ts';

/** Why tests that need a Docker engine cannot run here; undefined when they can. */
export async function whyNoEngine(): Promise<string | undefined> {
  try {
    await new DockerClient().requireEngine();
    return undefined;
  } catch (error) {
    return error instanceof Error ? error.message.replaceAll(/[()]/g, '') : String(error);
  }
}
