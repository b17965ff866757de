/** One line of `CLUSTER NODES`, as far as it matters here. */
export interface ClusterNode {
  readonly id: string;
  readonly role: 'master' | 'replica';
  /** Suspected or known to be down, or not to be reached from the one that was asked. */
  readonly failing: boolean;
}

/** Columns: id, address, flags, master, ping sent, pong received, epoch, link state, slots. Other lines are skipped. */
export function parseClusterNodes(text: string): ClusterNode[] {
  return text.split('\n').flatMap((line) => {
    const [id = '', , flags, , , , , link] = line.trim().split(' ');
    if (!/^[0-9a-f]{40}$/.test(id) || flags === undefined || link === undefined) return [];
    const set = new Set(flags.split(','));
    const failing = link !== 'connected' || set.has('fail') || set.has('fail?') || set.has('noaddr');
    return [{ id, role: set.has('master') ? 'master' : 'replica', failing }];
  });
}
