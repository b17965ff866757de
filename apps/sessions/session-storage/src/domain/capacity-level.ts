/** How full the store is; from `critical` on nothing more is taken. */
export type CapacityLevel = 'ok' | 'warning' | 'critical';

export interface CapacityMarks {
  maxBytes: number;
  warnPercent: number;
  criticalPercent: number;
}

export const criticalBytes = ({ maxBytes, criticalPercent }: CapacityMarks): number =>
  Math.floor((maxBytes * criticalPercent) / 100);

export function capacityLevel(usedBytes: number, marks: CapacityMarks): CapacityLevel {
  if (usedBytes >= criticalBytes(marks)) return 'critical';
  return usedBytes >= (marks.maxBytes * marks.warnPercent) / 100 ? 'warning' : 'ok';
}

export interface Room {
  usedBytes: number;
  /** Promised to uploads that are coming in. */
  reservedBytes: number;
  freeDiskBytes: number;
  minFreeDiskBytes: number;
}

/** True when a write of this size would pass neither the critical mark nor the end of the disk. */
export function hasRoom(sizeBytes: number, room: Room, marks: CapacityMarks): boolean {
  const fits = room.usedBytes + room.reservedBytes + sizeBytes <= criticalBytes(marks);
  return fits && room.freeDiskBytes - room.reservedBytes - sizeBytes >= room.minFreeDiskBytes;
}
