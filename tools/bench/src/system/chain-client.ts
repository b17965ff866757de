import type { Block, Transaction } from '@lucid/ledger';

const BATCH = 100;
const HEADS_PER_PAGE = 100;

export interface ChainCaller {
  url: string;
  /** Of one call: tokens are valid for a minute. */
  headers(): Promise<Record<string, string>>;
}

/** Hands transactions in, in batches, `atOnce` at any time. @returns when each batch was sent, in `performance.now()` */
export async function handIn(
  caller: ChainCaller,
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
      await submitBatch(caller, batch);
    }
  };
  await Promise.all(Array.from({ length: atOnce }, hand));
  return sentMs;
}

async function submitBatch(caller: ChainCaller, batch: readonly Transaction[]): Promise<void> {
  const answer = await fetch(`${caller.url}/api/v1/transactions/batch`, {
    method: 'POST',
    headers: { ...(await caller.headers()), 'content-type': 'application/json' },
    body: JSON.stringify({ transactions: batch }),
  });
  const text = await answer.text();
  const failed = answer.ok ? (JSON.parse(text) as { failed_count: number }).failed_count : -1;
  if (failed !== 0) throw new Error(`a batch was refused (${answer.status}): ${text.slice(0, 300)}`);
}

export async function heightOf(caller: ChainCaller): Promise<number> {
  return (await read<{ height: number }>(caller, '/api/v1/blockchain/height')).height;
}

/** What the list says of a block. */
export interface Head {
  readonly height: number;
  readonly timestamp: string;
  readonly transaction_count: number;
}

/** From and up to a height, both included, lowest first. */
export async function headsOf(caller: ChainCaller, from: number, to: number): Promise<Head[]> {
  const heads: Head[] = [];
  for (let low = from; low <= to; low += HEADS_PER_PAGE) {
    const high = Math.min(to, low + HEADS_PER_PAGE - 1);
    const query = `height_from=${low}&height_to=${high}&limit=${HEADS_PER_PAGE}&sort=height_asc`;
    heads.push(...(await read<{ blocks: Head[] }>(caller, `/api/v1/blocks?${query}`)).blocks);
  }
  return heads;
}

/** How many transactions a block has, without reading them. */
export async function countAt(caller: ChainCaller, height: number): Promise<number> {
  const query = `height_from=${height}&height_to=${height}&limit=1`;
  const { blocks } = await read<{ blocks: { transaction_count: number }[] }>(
    caller,
    `/api/v1/blocks?${query}`,
  );
  return blocks[0]?.transaction_count ?? 0;
}

export async function blockAt(caller: ChainCaller, height: number): Promise<Block> {
  return await read<Block>(caller, `/api/v1/blocks/height/${height}`);
}

async function read<Answer>({ url, headers }: ChainCaller, path: string): Promise<Answer> {
  const answer = await fetch(`${url}${path}`, { headers: await headers() });
  if (!answer.ok) throw new Error(`${path}: ${answer.status} ${(await answer.text()).slice(0, 300)}`);
  return (await answer.json()) as Answer;
}
