import { faultsBorne } from '../model/council.ts';
import type { System } from '../model/types.ts';

/** Numbers of validators that bear no fault, or no more than fewer would. It is nobody's mistake: a laptop may want two. */
export function councilNotices({ services }: System): string[] {
  const councils = Map.groupBy(
    services.filter(({ standsFor }) => standsFor !== undefined),
    ({ standsFor }) => standsFor,
  );
  return [...councils].flatMap(([name, { length: validators }]) => {
    const borne = faultsBorne(validators);
    if (borne === 0)
      return [
        `${name} is ${validators} validators, of which none may be gone: more than two thirds must agree; 4 bear the loss of 1`,
      ];
    if (validators === fewestBearing(borne)) return [];
    return [
      `${name} is ${validators} validators and bears the loss of ${borne}, as ${fewestBearing(borne)} would; ${fewestBearing(borne + 1)} bear the loss of ${borne + 1}`,
    ];
  });
}

const fewestBearing = (faults: number): number => 3 * faults + 1;
