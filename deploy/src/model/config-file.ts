/** A text mounted read-only into a container: configuration without secrets. */
export interface ConfigFile {
  /** Unique in the system, also its file name under `configs/`. */
  readonly name: string;
  readonly mountPath: string;
  readonly content: string;
}
