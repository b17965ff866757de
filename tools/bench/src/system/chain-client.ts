import type { Block, Transaction } from '@lucid/ledger';

const BATCH = 100;

export interface ChainCaller {
  url: string;
  headers: Record<string, string>;
}

/** Hands transactions in, in batches, `atOnce` at any time. @returns when each batch was sent, in `performance.now()` */
export async function handIn(
  { url, headers }: ChainCaller,
  transactions: readonly Transaction[],
  atOnce: number,
): Promise<Map<string, number>> {
  const sentMs = new Map<string, number>();
  let next = 0;
  const hand = async () => {
    while (next < transactions.length) {
      const batch = transactions.slice(next, next + BATCH);
      next += BATCH;
      const nowMs = performance.now();
      for (const { tx_id } of batch) sentMs.set(tx_id, nowMs);
      await submitBatch({ url, headers }, batch);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, hand));
  return sentMs;
}

async function submitBatch({ url, headers }: ChainCaller, batch: readonly Transaction[]): Promise<void> {
  const answer = await fetch(`${url}/api/v1/transactions/batch`, {
    method: 'POST',
    headers: { ...headers, 'content-type': 'application/json' },
    body: JSON.stringify({ transactions: batch }),
  });
  const text = await answer.text();
  const failed = answer.ok ? (JSON.parse(text) as { failed_count: number }).failed_count : -1;
  if (failed !== 0) throw new Error(`a batch was refused (${answer.status}): ${text.slice(0, 300)}`);
}

export async function heightOf({ url }: ChainCaller): Promise<number> {
  const answer = await fetch(`${url}/api/v1/blockchain/height`);
  return ((await answer.json()) as { height: number }).height;
}

/** How many transactions a block has, without reading them. */
export async function countAt({ url, headers }: ChainCaller, height: number): Promise<number> {
  const query = `height_from=${height}&height_to=${height}&limit=1`;
  const answer = await fetch(`${url}/api/v1/blocks?${query}`, { headers });
  const { blocks } = (await answer.json()) as { blocks: { transaction_count: number }[] };
  return blocks[0]?.transaction_count ?? 0;
}

export async function blockAt({ url, headers }: ChainCaller, height: number): Promise<Block> {
  const answer = await fetch(`${url}/api/v1/blocks/height/${height}`, { headers });
  if (!answer.ok) throw new Error(`block ${height}: ${answer.status}`);
  return (await answer.json()) as Block;
}
