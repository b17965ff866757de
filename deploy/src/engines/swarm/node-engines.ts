/** How the engines of other nodes can be spoken to: a Swarm starts and stops containers anywhere, and looks into none. */
import { deployErrors } from '../../errors.ts';

/**
 * Host name of a node to the `DOCKER_HOST` of its engine, out of
 * `LUCID_NODE_HOSTS=node-2=ssh://admin@10.0.0.2,node-3=unix:///run/node-3.sock`. @throws `usage` for anything else
 */
export function nodeEngines(text: string | undefined): ReadonlyMap<string, string> {
  const entries = (text ?? '').split(',').filter((entry) => entry.trim() !== '');
  return new Map(
    entries.map((entry) => {
      const [, node, host] = /^\s*([^=\s]+)=([a-z]+:\/\/\S+)\s*$/.exec(entry) ?? [];
      if (!node || !host)
        throw deployErrors.usage(
          `LUCID_NODE_HOSTS: ${entry.trim()} is not <node>=<ssh://…, tcp://… or unix://…>`,
        );
      return [node, host];
    }),
  );
}
