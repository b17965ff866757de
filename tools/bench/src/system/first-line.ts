import { createInterface } from 'node:readline';
import type { Readable } from 'node:stream';

/** The first line that a child says, while it goes on running; undefined when it ends without one. */
export async function firstLine(stream: Readable): Promise<string | undefined> {
  const lines = createInterface({ input: stream });
  try {
    for await (const line of lines) return line;
    return undefined;
  } finally {
    stream.resume(); // whatever else it says must not stop it
  }
}
