/** The Docker engine, as far as images need it. `DockerClient` asks a real one; tests bring their own. */
/** What the engine says of an image. */
export interface ImageFacts {
  readonly id: string;
  readonly sizeBytes: number;
  /** Digests of the layers' uncompressed content, lowest first. */
  readonly layers: readonly string[];
  readonly labels: Readonly<Record<string, string>>;
}

export interface BuildRequest {
  readonly tag: string;
  /** A tar archive with the Dockerfile at its root. */
  readonly context: readonly Uint8Array[];
  readonly target?: string;
  readonly buildArguments: Readonly<Record<string, string>>;
  /** False builds every step again. */
  readonly cache: boolean;
}

export interface Docker {
  /** @throws `no-docker-engine` when nothing answers */
  requireEngine(): Promise<void>;
  /** Undefined when the engine has no such image. @param reference name or id */
  inspect(reference: string): Promise<ImageFacts | undefined>;
  /** @returns why it could not be had, undefined when it is here now */
  pull(reference: string): Promise<string | undefined>;
  push(reference: string): Promise<void>;
  tag(source: string, reference: string): Promise<void>;
  /** @throws `image-build-failed` with the engine's last words */
  build(request: BuildRequest): Promise<void>;
}
