import { Facts } from './facts.ts';
import { startServices } from './pretended-services.ts';

/** Everybody session-api talks to, pretended, over real HTTP. */
export class World extends Facts implements AsyncDisposable {
  #services: Awaited<ReturnType<typeof startServices>> | undefined;

  async start(): Promise<void> {
    this.#services = await startServices(this);
  }

  get services() {
    if (!this.#services) throw new Error('not started');
    return this.#services;
  }

  get environment(): Record<string, string> {
    const { pipeline, recorder, keys, storage, engine, anchoring } = this.services;
    return {
      SESSION_PIPELINE_URL: pipeline.url,
      SESSION_RECORDER_URL: recorder.url,
      SESSION_KEYS_URL: keys.url,
      SESSION_STORAGE_URL: storage.url,
      SESSION_ANCHORING_URL: anchoring.url,
      BLOCKCHAIN_ENGINE_URL: engine.url,
    };
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await Promise.all(Object.values(this.#services ?? {}).map((service) => service[Symbol.asyncDispose]()));
  }
}
