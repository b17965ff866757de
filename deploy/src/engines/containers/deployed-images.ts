/**
 * Which images a deployment runs, kept with it: what the environment of `up` said, and what single services were
 * updated to since. Later commands go by this and not by the shell they are called from.
 */
import { deployErrors } from '../../errors.ts';
import { type ImageEnvironment, resolvedImage } from '../../model/images.ts';
import type { Service, System } from '../../model/types.ts';

export interface DeployedImages {
  /** `LUCID_REGISTRY`, `LUCID_VERSION`, `MONGO_IMAGE`, …: those that were set. */
  readonly variables: Readonly<Record<string, string>>;
  /** Service to the reference it runs since an update or a rollback of it alone. */
  readonly pinned: Readonly<Record<string, string>>;
  /** Service to the reference it ran before that. */
  readonly replaced: Readonly<Record<string, string>>;
}

const OURS = ['LUCID_REGISTRY', 'LUCID_VERSION'];

/**
 * What an `up` asks for: its environment where that says something, else what is remembered. Another registry or
 * version than the remembered one is meant for all services, and takes the place of their own versions.
 */
export function chosenImages(
  system: System,
  environment: ImageEnvironment,
  before: DeployedImages = { variables: {}, pinned: {}, replaced: {} },
): DeployedImages {
  const named = variablesOf(system).flatMap((name) => {
    const value = environment[name] || before.variables[name];
    return value ? [[name, value] as const] : [];
  });
  const variables = Object.fromEntries(named);
  const sameVersion = OURS.every((name) => variables[name] === before.variables[name]);
  const { pinned, replaced } = before;
  return sameVersion ? { variables, pinned, replaced } : { variables, pinned: {}, replaced: {} };
}

/** The reference a service runs. */
export function deployedReference({ name, image }: Service, { variables, pinned }: DeployedImages): string {
  return (image.ours ? pinned[name] : undefined) ?? resolvedImage(image, variables);
}

/** The reference of another version of a service of ours. @throws `usage` for other people's, which have no such version */
export function versionOf({ name, image }: Service, version: string, { variables }: DeployedImages): string {
  if (!image.ours)
    throw deployErrors.usage(
      `${name} is not built here: set ${image.variable ?? 'another image'} and run up`,
    );
  return resolvedImage(image, { ...variables, LUCID_VERSION: version });
}

/** An environment that says of images what the deployment does, and nothing else of them. */
export function withImageVariables(
  environment: NodeJS.ProcessEnv,
  system: System,
  { variables }: DeployedImages,
): NodeJS.ProcessEnv {
  const names = new Set(variablesOf(system));
  const others = Object.entries(environment).filter(([name]) => !names.has(name));
  return { ...Object.fromEntries(others), ...variables };
}

function variablesOf({ services }: System): string[] {
  return [...new Set([...OURS, ...services.flatMap(({ image }) => image.variable ?? [])])];
}
