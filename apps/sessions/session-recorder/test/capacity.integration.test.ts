import { randomUUID } from 'node:crypto';
import { systemClock, systemRandom } from '@lucid/clock';
import { clientFor, sessionRecorder } from '@lucid/contracts';
import { createHttpClient } from '@lucid/http-client';
import { createCredentials, loadServiceKey } from '@lucid/service-auth';
import { startTestMongo, TestIdentities, temporaryFolder } from '@lucid/testing';
import { expect, it } from 'vitest';
import { SEALING_KEY } from './support/client.ts';
import { prepareIdentities, spawnRecorder } from './support/service.ts';

const CALLER = 'lucid-session-pipeline';
const NAME = 'lucid-session-recorder';

it('a start that one recorder has no place for goes to another, until all are full', async () => {
  using identities = new TestIdentities();
  prepareIdentities(identities);
  const mongo = await startTestMongo();
  const folders = [temporaryFolder('capacity-a'), temporaryFolder('capacity-b')];
  const recorders = await Promise.all(
    folders.map(({ path: dataDir }, index) =>
      spawnRecorder({
        identities,
        mongoUri: mongo.uri(`capacity_${process.pid}`),
        dataDir,
        instance: index + 1,
        environment: { MAX_CONCURRENT_RECORDINGS: '3' },
      }),
    ),
  );
  const http = createHttpClient({
    clock: systemClock,
    random: systemRandom,
    discovery: {
      resolve: async () => recorders.map(({ port }) => ({ host: '127.0.0.1', port })),
      lookup: () => {
        throw new Error('not used');
      },
      close: async () => undefined,
    },
    credentials: createCredentials({
      serviceName: CALLER,
      instanceId: `${CALLER}-1`,
      key: loadServiceKey(identities.pemOf(CALLER)),
      clock: systemClock,
      random: systemRandom,
    }),
  });
  const client = clientFor(sessionRecorder, http, `http://${NAME}:8084`);
  const start = () =>
    client.startRecording({
      body: {
        session_id: randomUUID(),
        owner_id: randomUUID(),
        chunk_size_bytes: 1024 * 1024,
        max_size_bytes: 1024 * 1024,
        compression_enabled: true,
        sealing_key: SEALING_KEY,
      },
    });
  try {
    const owners: string[] = [];
    for (let count = 0; count < 6; count++) owners.push((await start()).body.owner_address);
    for (const { address } of recorders) expect(owners.filter((owner) => owner === address)).toHaveLength(3);
    await expect(start()).rejects.toMatchObject({
      details: { status: 503, code: 'LUCID_ERR_7110' },
    });
    const list = await client.listRecordings({ query: { limit: 10 } });
    expect(list.body.pagination.total).toBe(6);
  } finally {
    await http.close();
    for (const recorder of recorders) await recorder.stop();
    for (const folder of folders) folder.remove();
    await mongo.close();
  }
}, 60_000);
