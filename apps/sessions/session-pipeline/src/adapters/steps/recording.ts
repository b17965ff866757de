import type { Recording } from '@lucid/contracts';
import { ServiceError } from '@lucid/errors';

/** The recorder's word for a session it does not know; any other 404 comes from somewhere else. */
const RECORDING_NOT_FOUND = 7101;

/** @returns what the recorder says, or undefined when it does not know the session */
export async function unlessUnknown(asked: Promise<{ body: Recording }>): Promise<Recording | undefined> {
  try {
    return (await asked).body;
  } catch (error) {
    if (error instanceof ServiceError && error.code === RECORDING_NOT_FOUND) return undefined;
    throw error;
  }
}
