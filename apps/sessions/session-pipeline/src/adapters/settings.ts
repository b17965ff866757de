import type { Clock } from '@lucid/clock';
import type { PipelineSettings } from '@lucid/contracts';
import { defineCollection } from '@lucid/mongo';
import type { Collection } from 'mongodb';

interface SettingsDocument extends PipelineSettings {
  _id: 'current';
}

export const settingsDefinition = defineCollection<SettingsDocument>('pipeline_settings', []);

/** How long an instance goes on with what it knows. */
const FRESH_MS = 2000;

/** What can change while the service runs, the same for all instances; what nobody has changed is as configured. */
export class LiveSettings {
  readonly #collection: Collection<SettingsDocument>;
  readonly #configured: PipelineSettings;
  readonly #clock: Clock;
  #known: { settings: PipelineSettings; atMs: number } | undefined;

  constructor(collection: Collection<SettingsDocument>, configured: PipelineSettings, clock: Clock) {
    this.#collection = collection;
    this.#configured = configured;
    this.#clock = clock;
  }

  /** At most two seconds old. */
  async current(): Promise<PipelineSettings> {
    const atMs = this.#clock.monotonicMs();
    if (this.#known && atMs - this.#known.atMs < FRESH_MS) return this.#known.settings;
    const kept = await this.#collection.findOne({ _id: 'current' });
    const { live_anchor_seconds, max_retries } = kept ?? this.#configured;
    return this.#know({ live_anchor_seconds, max_retries });
  }

  async change(settings: PipelineSettings): Promise<PipelineSettings> {
    await this.#collection.updateOne({ _id: 'current' }, { $set: settings }, { upsert: true });
    return this.#know(settings);
  }

  #know(settings: PipelineSettings): PipelineSettings {
    this.#known = { settings, atMs: this.#clock.monotonicMs() };
    return settings;
  }
}
