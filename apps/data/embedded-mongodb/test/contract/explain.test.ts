import type { Collection, Document, FindOptions } from 'mongodb';
import { describe, expect } from 'vitest';
import { contract, contractServer, type Row } from './harness.ts';

contractServer();

interface Explained {
  /** The stages from the outermost to the innermost, `SORT FETCH IXSCAN(a_1)`. */
  stages: string;
  keys: number;
  docs: number;
  returned: number;
}

async function explained(
  rows: Collection<Row>,
  filter: Document,
  options: FindOptions = {},
): Promise<Explained> {
  const { queryPlanner, executionStats } = (await rows
    .find(filter, options)
    .explain('executionStats')) as Document;
  const names: string[] = [];
  for (let stage = queryPlanner.winningPlan; stage; stage = stage.inputStage)
    names.push(stage.indexName ? `${stage.stage}(${stage.indexName})` : stage.stage);
  return {
    stages: names.join(' '),
    keys: Number(executionStats.totalKeysExamined),
    docs: Number(executionStats.totalDocsExamined),
    returned: Number(executionStats.nReturned),
  };
}

/** Two hundred documents: `n` runs from 0 to 199, `status` goes round `s0`…`s9`. */
async function fill(rows: Collection<Row>): Promise<void> {
  await rows.insertMany(
    Array.from({ length: 200 }, (_, n) => ({ n, status: `s${n % 10}`, tags: [n, -n - 1] })),
  );
}

describe('explain tells the truth', () => {
  contract('explain names a collection scan and counts what it read', async ({ rows }) => {
    await fill(rows);
    expect(await explained(rows, { n: 7 })).toEqual({ stages: 'COLLSCAN', keys: 0, docs: 200, returned: 1 });
  });
  contract('explain shows an equality reading only its keys', async ({ rows }) => {
    await rows.createIndex({ status: 1 });
    await fill(rows);
    const found = await explained(rows, { status: 's3' });
    expect(found).toMatchObject({ stages: 'FETCH IXSCAN(status_1)', docs: 20, returned: 20 });
  });
  contract('explain shows a range reading only its keys', async ({ rows }) => {
    await rows.createIndex({ n: 1 });
    await fill(rows);
    const found = await explained(rows, { n: { $gte: 50, $lt: 55 } });
    expect(found).toMatchObject({ stages: 'FETCH IXSCAN(n_1)', docs: 5, returned: 5 });
  });
  contract('explain shows $in reading only its keys', async ({ rows }) => {
    await rows.createIndex({ n: 1 });
    await fill(rows);
    const found = await explained(rows, { n: { $in: [3, 150, 999] } });
    expect(found).toMatchObject({ stages: 'FETCH IXSCAN(n_1)', docs: 2, returned: 2 });
  });
  contract('explain shows that an index spares the sort', async ({ rows }) => {
    await rows.createIndex({ status: 1, n: 1 });
    await fill(rows);
    const found = await explained(rows, { status: 's4' }, { sort: { n: -1 } });
    expect(found.stages).toBe('FETCH IXSCAN(status_1_n_1)');
  });
  contract('explain shows a sort that no index gives', async ({ rows }) => {
    await rows.createIndex({ status: 1 });
    await fill(rows);
    expect((await explained(rows, { status: 's4' }, { sort: { n: 1 } })).stages).toContain('SORT');
  });
  contract('explain shows a partial index used only where it covers the query', async ({ rows }) => {
    await rows.createIndex({ n: 1 }, { partialFilterExpression: { status: 's3' } });
    await fill(rows);
    expect((await explained(rows, { n: 13, status: 's3' })).stages).toContain('IXSCAN(n_1)');
    expect((await explained(rows, { n: 13 })).stages).toBe('COLLSCAN');
  });
  contract('explain shows an index over an array in use', async ({ rows }) => {
    await rows.createIndex({ tags: 1 });
    await fill(rows);
    const found = await explained(rows, { tags: -5 });
    expect(found).toMatchObject({ stages: 'FETCH IXSCAN(tags_1)', docs: 1, returned: 1 });
  });
});
