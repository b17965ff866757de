import type { BuildRequest, Docker, ImageFacts } from '../../../src/images/docker.ts';
import { fingerprint, INPUTS_LABEL } from '../../../src/images/fingerprint.ts';

/** An engine in memory: knows what it was told, and writes down what was asked of it. */
export class FakeDocker implements Docker {
  readonly images = new Map<string, ImageFacts>();
  readonly registry = new Map<string, ImageFacts>();
  readonly asked: string[] = [];
  readonly builds: BuildRequest[] = [];

  async requireEngine(): Promise<void> {}

  async inspect(reference: string): Promise<ImageFacts | undefined> {
    return this.images.get(reference);
  }

  async pull(reference: string): Promise<string | undefined> {
    this.asked.push(`pull ${reference}`);
    const image = this.registry.get(reference);
    if (!image) return 'no such host';
    this.images.set(reference, image);
    return undefined;
  }

  async push(reference: string): Promise<void> {
    this.asked.push(`push ${reference}`);
  }

  async tag(source: string, reference: string): Promise<void> {
    const image = [...this.images.values()].find(({ id }) => id === source);
    if (!image) throw new Error(`no such image: ${source}`);
    this.images.set(reference, image);
  }

  async build(request: BuildRequest): Promise<void> {
    this.asked.push(`build ${request.tag}`);
    this.builds.push(request);
    const id = `sha256:${fingerprint([request.context, String(this.builds.length)])}`;
    this.images.set(request.tag, image(id, { [INPUTS_LABEL]: request.buildArguments.INPUTS ?? '' }));
  }
}

export const image = (id: string, labels: Readonly<Record<string, string>> = {}): ImageFacts => ({
  id,
  sizeBytes: 1,
  layers: [id],
  labels,
});
