import type { System } from '../model/types.ts';
import type { Loss } from './renderer.ts';

/**
 * What parts themselves cannot do of what was asked of them, whatever target runs them: not a difference between model
 * and files, so these stand beside a renderer's own losses in the report.
 */
export function partLosses({ services }: System): Loss[] {
  return services.flatMap(({ name, shortfalls }) =>
    shortfalls.map(({ wish, why, substitute }) => ({ service: name, field: wish, why, substitute })),
  );
}
