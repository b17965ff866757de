import type { Clock, Random } from '@lucid/clock';
import type { HttpClient } from '@lucid/http-client';
import type { Block, Certificate, SigningKey } from '@lucid/ledger';
import type { Logger } from '@lucid/logging';
import type { Instruments } from '@lucid/metrics';
import { openCollection } from '@lucid/mongo';
import type { Db } from 'mongodb';
import type { GenesisSettings } from '../domain/genesis.ts';
import { VerifiedTexts } from '../domain/verified-texts.ts';
import type { metrics } from '../metrics.ts';
import { ChainHead } from './chain-head.ts';
import { writerDefinition } from './chain-state.ts';
import { CouncilSeat } from './consensus/council-seat.ts';
import { Evidence, eventsDefinition } from './consensus/evidence.ts';
import { Gossip } from './consensus/gossip.ts';
import { Inbox } from './consensus/inbox.ts';
import { MemoryStore, memoryDefinition } from './consensus/memory-store.ts';
import { openCouncil } from './consensus/open-council.ts';
import type { PeerSettings } from './consensus/peer-link.ts';
import { Peers } from './consensus/peers.ts';
import { Ranking } from './consensus/ranking.ts';
import { openRankingStore } from './consensus/ranking-store.ts';
import { SignatureMemo } from './consensus/signature-memo.ts';
import { openChain } from './open-chain.ts';
import { openLedger } from './open-ledger.ts';
import { Producer } from './producer.ts';
import type { SealDeps } from './seal-block.ts';
import { SoleSeat } from './sole-seat.ts';
import { Submissions } from './submissions.ts';
import type { ChainThreads } from './workers/chain-threads.ts';
import { WriterLease } from './writer-lease.ts';

export interface EngineOptions {
  genesis: GenesisSettings;
  key: SigningKey;
  /** Name of this instance, and host:port where the others of this validator reach it. */
  holder: string;
  address: string;
  /** Name and port of the service, to which calls among its instances are made out. */
  service: string;
  port: number;
  peers: readonly PeerSettings[];
  http: HttpClient;
  blockTimeMs: number;
  leaseMs: number;
  makesEmptyBlocks: boolean;
  maxWaiting: number;
  /** How many of the newest blocks are checked at start. */
  checkBlocks: number;
  threads: ChainThreads;
  clock: Clock;
  random: Random;
  logger: Logger;
  instruments: Instruments<(typeof metrics)['definitions']>;
  /** Told of every block this instance puts on the chain. */
  onCommitted: (block: Block, certificate: Certificate) => void;
}

/** The engine without its HTTP side: the chain, what keeps it, and what makes it longer. @throws Error when the chain is not ours or not whole */
export async function openEngine(database: Db, options: EngineOptions) {
  const { clock, random, logger, instruments, key, threads, blockTimeMs, leaseMs, makesEmptyBlocks } =
    options;
  const ledger = await openLedger(database, clock);
  const validators = await openChain(ledger, options);
  const store = await openRankingStore(database);
  const ranking = new Ranking({ ledger, store, genesis: validators.genesis, logger });
  const head = new ChainHead({ ledger, ranking, clock, instruments, onCommitted: options.onCommitted });
  const peers = new Peers(options.peers, {
    self: validators.self,
    validators: validators.data.validators.map(({ validator }) => validator),
    http: options.http,
    clock,
    logger,
  });
  const gossip = new Gossip(peers, clock, blockTimeMs);
  const evidence = new Evidence(await openCollection(database, eventsDefinition), {
    clock,
    logger,
    instruments,
  });
  const memory = new MemoryStore(await openCollection(database, memoryDefinition));
  const signatures = new SignatureMemo();
  const { maxWaiting } = options;
  const verifiedTexts = new VerifiedTexts(maxWaiting);
  const seal: SealDeps = {
    ledger,
    validators,
    key,
    random,
    logger,
    verifiedTexts,
    onDropped: (type) => instruments.blockchain_transactions_total.inc({ type, status: 'dropped' }),
  };
  const isSole = validators.data.validators.length === 1;
  const voting = {
    ranking,
    memory,
    peers,
    evidence,
    signatures,
    clock,
    instruments,
    threads,
    blockTimeMs,
    makesEmptyBlocks,
  };
  const council = isSole ? undefined : openCouncil({ ...seal, ...voting });
  const lease = new WriterLease(await openCollection(database, writerDefinition), {
    clock,
    holder: options.holder,
    address: options.address,
    leaseMs,
  });
  const shared = { head, ledger, clock, logger, instruments, blockTimeMs, makesEmptyBlocks };
  const producer = new Producer({
    lease,
    head,
    ledger,
    clock,
    logger,
    instruments,
    leaseMs,
    seat: (chair) =>
      council
        ? new CouncilSeat({ ...shared, council, gossip, evidence, soon: (work) => chair.soon(work) })
        : new SoleSeat({ ...seal, ...shared, ranking, holdsLease: () => chair.holdsLease() }),
  });
  const submissions = new Submissions({
    ledger,
    ranking,
    clock,
    instruments,
    maxWaiting,
    verifiedTexts,
    threads,
    onTaken: (transactions) => gossip.tell(transactions),
  });
  const inbox = new Inbox({
    validators,
    signatures,
    submissions,
    producer,
    lease,
    http: options.http,
    service: options.service,
    port: options.port,
  });
  return {
    ledger,
    inbox,
    validators,
    ranking,
    schedule: store,
    head,
    peers,
    evidence,
    council,
    lease,
    producer,
    submissions,
    threads,
    instruments,
    blockTimeMs,
  };
}

export type Engine = Awaited<ReturnType<typeof openEngine>>;
