import { hash } from 'node:crypto';
import { uuidOfHash } from './uuid-of-hash.ts';

/** The id of a session's tree follows from session and root, so building it again after a crash writes the same file. */
export function treeIdOf(sessionId: string, rootHash: string): string {
  return uuidOfHash(hash('sha256', `lucid-merkle-tree:${sessionId}:${rootHash}`, 'hex'));
}
