/**
 * `INSTANCE_ID` as the format gives it. Who has a volume of its own keeps its name as long as it has that volume; who
 * has none must have a name nobody had before, since for a moment the old and the new one run side by side.
 */
import type { ServiceUnit } from './service-units.ts';

const VARIABLE = 'INSTANCE_ID';

/** @param made what the target makes of it; undefined leaves it to the image, which takes the container's name */
export function withInstanceId(
  { lowered: { service, environment } }: ServiceUnit,
  made: string | undefined,
): Record<string, string> {
  const known = VARIABLE in environment || !service.image.ours || service.kind === 'job';
  return { ...environment, ...(known || made === undefined ? {} : { [VARIABLE]: made }) };
}

/** The environment without an `INSTANCE_ID` the target made. @param isMade recognises it */
export function withoutInstanceId(
  environment: Readonly<Record<string, string>>,
  isMade: (text: string) => boolean,
): Record<string, string> {
  return Object.fromEntries(
    Object.entries(environment).filter(([name, value]) => name !== VARIABLE || !isMade(value)),
  );
}
