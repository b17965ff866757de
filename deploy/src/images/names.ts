import { REGISTRY } from '../model/images.ts';

/** How our images are called. */
export interface ImageNames {
  /** Everything before the short name. */
  readonly registry: string;
  readonly version: string;
}

type Environment = Readonly<Record<string, string | undefined>>;

/** `LUCID_REGISTRY` and `LUCID_VERSION`, or what the model and the workspace say. @param version of the root package.json */
export function imageNames(environment: Environment, version: string): ImageNames {
  return {
    registry: (environment.LUCID_REGISTRY || REGISTRY).replace(/\/+$/, ''),
    version: environment.LUCID_VERSION || version,
  };
}

/** The reference by which engines ask for it. @param short `api-gateway` */
export function imageReference(names: ImageNames, short: string): string {
  return `${names.registry}/${short}:${names.version}`;
}

/** The reference people use by hand. */
export function latestReference(names: ImageNames, short: string): string {
  return `${names.registry}/${short}:latest`;
}
