import { cacheDir, engineMachine, findEngine, whyNoSwarm } from '@lucid/lab';

/** Where the images come from: the engine they were built in. */
export async function imageEngine(): Promise<string | undefined> {
  return (await findEngine(process.env, []))?.dockerHost;
}

/** Why no Swarm of three nodes can be had here, in one line; undefined where it can. */
export async function whyNoCluster(): Promise<string | undefined> {
  if (process.env.LUCID_LAB !== '1') return 'starts Docker engines: set LUCID_LAB=1 to run it';
  const reason = await whyNoSwarm(engineMachine(cacheDir(process.env), process.env, []));
  if (reason !== undefined) return reason;
  return (await imageEngine()) === undefined ? 'no Docker engine answers that has the images' : undefined;
}
