const digits = (sequence: number): string => String(sequence).padStart(6, '0');

/** The id of a chunk in every service. */
export const chunkId = (sessionId: string, sequence: number): string =>
  `${sessionId}-chunk-${digits(sequence)}`;

export const partName = (sequence: number): string => `${digits(sequence)}.part`;
export const sealedName = (sequence: number): string => `${digits(sequence)}.chunk`;

/** A client-cut chunk while it is being received; several of one number may come at once. */
export const incomingName = (sequence: number, id: string): string => `${digits(sequence)}-${id}.incoming`;
export const isIncoming = (name: string): boolean => name.endsWith('.incoming');

/** Reads a file name of a recording’s folder. @returns undefined for a name that is none of ours */
export function parseName(name: string): { sequence: number; kind: 'chunk' | 'part' } | undefined {
  const match = name.match(/^(\d{6})\.(chunk|part)$/);
  if (!match) return undefined;
  return { sequence: Number(match[1]), kind: match[2] as 'chunk' | 'part' };
}
