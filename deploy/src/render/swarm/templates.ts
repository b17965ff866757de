/**
 * Swarm fills in `{{…}}` in variables and in names of volumes, task by task. What is meant literally must be told apart
 * from that; what a task is called is made of it.
 */
const OPEN = '{{';
/** A template that prints two braces. */
const LITERAL_OPEN = '{{"{{"}}';

/** Values of variables with the braces they have. */
export function untemplated(environment: Readonly<Record<string, string>>): Record<string, string> {
  return mapValues(environment, (text) => text.replaceAll(OPEN, LITERAL_OPEN));
}

/** The other way round. */
export function fromTemplates(environment: Readonly<Record<string, string>>): Record<string, string> {
  return mapValues(environment, (text) => text.replaceAll(LITERAL_OPEN, OPEN));
}

/** A volume for each slot of a service. A task of the same slot on the same node finds it again. */
export const volumePerSlot = (volume: string): string => `${volume}-{{.Task.Slot}}`;

/**
 * Slot and node are what a local volume hangs on: a task that Swarm moves to another node begins with an empty one, and
 * must not pass for the one that has the data and may come back.
 */
export const idPerVolume = (service: string): string => `${service}-{{.Task.Slot}}-{{.Node.ID}}`;

/** Never used twice: old and new tasks of a slot run side by side while a service is updated. */
export const idPerTask = (service: string): string => `${service}-{{.Task.Slot}}-{{.Task.ID}}`;

function mapValues(
  record: Readonly<Record<string, string>>,
  change: (text: string) => string,
): Record<string, string> {
  return Object.fromEntries(Object.entries(record).map(([name, value]) => [name, change(value)]));
}
