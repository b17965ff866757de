import { hash } from 'node:crypto';

/**
 * The id of a session's tree follows from session and root (UUID version 8), so building it again after a crash writes the
 * same file under the same name.
 */
export function treeIdOf(sessionId: string, rootHash: string): string {
  const digest = hash('sha256', `lucid-merkle-tree:${sessionId}:${rootHash}`, 'hex');
  const hex = `${digest.slice(0, 12)}8${digest.slice(13, 16)}8${digest.slice(17, 32)}`;
  return hex.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, '$1-$2-$3-$4-$5');
}
