import type { Lab } from '../data/lab.ts';
import { contentKey } from './content-key.ts';
import { type ImageDefinition, referenceOf } from './definition.ts';
import { loadedImage } from './engine.ts';

/** `outdated`: the engine has one of this name, made from something else. */
export type Condition = 'built' | 'outdated' | 'missing';

export interface ImageState {
  readonly name: string;
  readonly image: string;
  readonly standsFor: string;
  readonly variable: string | undefined;
  readonly condition: Condition;
  readonly id: string | undefined;
  readonly sizeBytes: number | undefined;
}

/** What the engine has of an image. */
export async function imageState(image: ImageDefinition, lab: Lab): Promise<ImageState> {
  const { name, standsFor, variable } = image;
  const loaded = await loadedImage(referenceOf(image));
  const key = await contentKey(image, lab);
  const condition = loaded === undefined ? 'missing' : loaded.key === key ? 'built' : 'outdated';
  return {
    ...{ name, image: referenceOf(image), standsFor, variable, condition },
    ...{ id: loaded?.id, sizeBytes: loaded?.sizeBytes },
  };
}

/** A table for people: every column as wide as its widest cell. */
export function imageTable(states: readonly ImageState[]): string[] {
  const size = (bytes: number | undefined) => (bytes === undefined ? '-' : `${(bytes / 1e6).toFixed(1)} MB`);
  const rows = [
    ['IMAGE', 'STANDS FOR', 'VARIABLE', 'SIZE', 'STATE'],
    ...states.map((state) => [
      ...[state.image, state.standsFor, state.variable ?? '-', size(state.sizeBytes), state.condition],
    ]),
  ];
  const widths = [0, 1, 2, 3, 4].map((column) => Math.max(...rows.map((row) => row[column]?.length ?? 0)));
  return rows.map((row) =>
    row
      .map((cell, column) => cell.padEnd(widths[column] ?? 0))
      .join('  ')
      .trimEnd(),
  );
}

/** `NAME=value` lines that make the deploy model take the lab's images. */
export function environmentLines(states: readonly ImageState[]): string[] {
  return states.flatMap(({ variable, image, condition }) =>
    variable === undefined || condition === 'missing' ? [] : [`${variable}=${image}`],
  );
}
