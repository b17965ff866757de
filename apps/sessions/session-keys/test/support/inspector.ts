import { eventually, type SpawnedService } from '@lucid/testing';

/** For `NODE_OPTIONS`: where the inspector listens once it is asked to; until then it does not. */
export const ANY_INSPECTOR_PORT = '--inspect-port=127.0.0.1:0';

/**
 * Collects all garbage of an unaltered process: SIGUSR1 opens Node's inspector, which can do it. The inspector stays open,
 * without a client.
 */
export async function collectGarbage(service: SpawnedService): Promise<void> {
  const listening = () => /Debugger listening on (ws:\/\/\S+)/.exec(service.output())?.[1];
  if (!listening()) process.kill(service.pid, 'SIGUSR1');
  const url = await eventually('the inspector listens', listening);
  const socket = new WebSocket(url);
  await new Promise((resolve, reject) => {
    socket.onopen = resolve;
    socket.onerror = reject;
  });
  try {
    await new Promise<void>((resolve, reject) => {
      socket.onmessage = ({ data }) => {
        const { id, error } = JSON.parse(String(data)) as { id?: number; error?: { message: string } };
        if (id !== 1) return;
        if (error) reject(new Error(error.message));
        else resolve();
      };
      socket.onclose = () => reject(new Error('the inspector went away'));
      socket.send(JSON.stringify({ id: 1, method: 'HeapProfiler.collectGarbage' }));
    });
  } finally {
    socket.onclose = null;
    socket.close();
  }
}
