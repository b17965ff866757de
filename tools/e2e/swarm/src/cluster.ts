import { join } from 'node:path';
import { SwarmEngine, type SystemStatus } from '@lucid/deploy';
import { docker, openSwarm, type Swarm, startSwarm } from '@lucid/lab';
import { eventually, type TemporaryFolder, temporaryFolder, WORKSPACE_ROOT } from '@lucid/testing';
import { run } from '../../src/run.ts';
import { imageEngine } from './can-run.ts';
import { APPS, LAB_IMAGES, OVERRIDES, PROFILE } from './shape.ts';

const REGISTRY = 'ghcr.io/hamigames/lucid';
/** What `lab up` and a first start may take on a machine that has other things to do. */
export const START_WITHIN_MS = 900_000;
const STRENGTH_WITHIN_MS = 300_000;
/** The tag of the images that services are updated to. */
export const NEXT = 'e2e-next';

const imageOf = (app: string, tag = 'latest'): string => `${REGISTRY}/${app}:${tag}`;

/** A Lucid of its own on three Swarm nodes of its own. */
export class Cluster {
  readonly folder: TemporaryFolder;
  readonly swarm: Swarm;
  readonly engine: SwarmEngine;
  readonly #isBorrowed: boolean;

  private constructor(folder: TemporaryFolder, swarm: Swarm, isBorrowed: boolean) {
    this.folder = folder;
    this.swarm = swarm;
    this.#isBorrowed = isBorrowed;
    this.engine = new SwarmEngine({
      root: WORKSPACE_ROOT,
      home: join(isBorrowed ? swarm.stateDir : folder.path, 'e2e-home'),
      build: false,
      dockerHost: swarm.dockerHost,
      deadlineMs: START_WITHIN_MS,
    });
  }

  /**
   * Starts engines, gives them the images, brings the system up. Nothing is left when that fails. With LUCID_SWARM_STATE,
   * as `lab up --swarm` prints it, that Swarm is used and left as it is, with the system on it.
   */
  static async start(say: (line: string) => void): Promise<Cluster> {
    Object.assign(process.env, { ...LAB_IMAGES, ...process.env });
    const folder = temporaryFolder('swarm');
    const borrowed = process.env.LUCID_SWARM_STATE;
    const starting = borrowed ? openSwarm(borrowed) : startSwarm({ stateDir: join(folder.path, 'lab') });
    const swarm = await starting.catch((error: unknown) => {
      folder.remove();
      throw error;
    });
    const cluster = new Cluster(folder, swarm, Boolean(borrowed));
    try {
      await cluster.#loadImages();
      say('three nodes have the images');
      await cluster.engine.up({ profile: PROFILE, set: OVERRIDES }, (event) => {
        if (event.type === 'instance' && event.state === 'backoff') say(`${event.id} failed, is tried again`);
      });
    } catch (error) {
      await cluster.end();
      throw error;
    }
    return cluster;
  }

  /** The door of the first node, which nothing happens to. */
  get url(): string {
    return this.door(1);
  }

  door(node: number): string {
    return `http://${this.swarm.nodes[node - 1]?.address}:8080`;
  }

  /** Other images of these services, equal but for a label, at every node under the tag `NEXT`. */
  async makeNextImages(apps: readonly string[]): Promise<void> {
    const { dockerHost } = this.swarm;
    for (const app of apps) {
      const container = (await docker(dockerHost, ['create', imageOf(app)])).trim();
      await docker(dockerHost, ['commit', '--change', 'LABEL lucid.e2e=next', container, imageOf(app, NEXT)]);
      await docker(dockerHost, ['rm', container]);
    }
    await this.swarm.loadImages(
      apps.map((app) => imageOf(app, NEXT)),
      dockerHost,
    );
  }

  /** The images that the tasks of a service run. */
  async runningImages(service: string): Promise<string[]> {
    const filter = ['--filter', 'desired-state=running', '--format', '{{.Image}}'];
    const said = await docker(this.swarm.dockerHost, ['service', 'ps', ...filter, `lucid_lucid-${service}`]);
    return said.split('\n').filter((line) => line !== '');
  }

  /** Resolves when every instance is ready. @param besides services that need not be */
  atStrength(besides: readonly string[] = []): Promise<unknown> {
    const isReady = ({ instances }: SystemStatus) =>
      instances.every(({ service, state }) => state === 'ready' || besides.includes(service));
    return eventually(
      'every instance is ready',
      async () => {
        const status = await this.engine.status();
        return status !== undefined && isReady(status);
      },
      { timeoutMs: STRENGTH_WITHIN_MS, pauseMs: 500 },
    );
  }

  /** The containers die with their engines: the system need not be stopped first. */
  async end(): Promise<void> {
    if (!this.#isBorrowed) await this.swarm.stop();
    this.folder.remove();
  }

  async #loadImages(): Promise<void> {
    if (process.env.LUCID_SWARM_BUILD !== '0') await buildImages();
    const images = [...APPS.map((app) => imageOf(app)), ...Object.values(LAB_IMAGES)];
    await this.swarm.loadImages(images, (await imageEngine()) ?? '');
  }
}

/** Those of the working tree, not whatever was built last. */
async function buildImages(): Promise<void> {
  const nx = join(WORKSPACE_ROOT, 'node_modules/nx/dist/bin/nx.js');
  const args = [nx, 'run-many', '-t', 'image', '-p', APPS.join(','), '--output-style=stream'];
  const { code, out, err } = await run(process.execPath, args, { cwd: WORKSPACE_ROOT });
  if (code !== 0) throw new Error(`the images could not be built: ${(err || out).slice(-2000)}`);
}
