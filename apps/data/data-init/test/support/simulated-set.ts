/**
 * Members of a replica set that keep MongoDB 7's rules for changes of the configuration, and answer in the form of its
 * manual and its sources. No mongod is behind it: where the two differ, this is wrong.
 */
import type { Document } from 'mongodb';
import { MongoServerError } from 'mongodb';
import { CODE, type MongoAdmin } from '../../src/adapters/mongo/admin.ts';
import type { ConfigMember, SetConfig } from '../../src/domain/mongo/observation.ts';

export interface SimulatedMember {
  isUp: boolean;
  hasRootUser: boolean;
  /** Rounds until the first copy is done. */
  syncRounds: number;
  /** Runs without --replSet. */
  isStandalone: boolean;
}

const refusal = (code: number, codeName: string, errmsg: string): MongoServerError =>
  new MongoServerError({ ok: 0, code, codeName, errmsg });

export class SimulatedSet implements MongoAdmin {
  readonly members = new Map<string, SimulatedMember>();
  config: SetConfig | undefined;
  primary: string | undefined;
  readonly password: string;
  readonly given: string;
  /** Every configuration there ever was, for what tests assert of the way there. */
  readonly history: SetConfig[] = [];

  /** @param password of the root user @param given what the job logs in with */
  constructor(hosts: readonly string[], { password = 'right', given = 'right' } = {}) {
    this.password = password;
    this.given = given;
    for (const [index, host] of hosts.entries())
      this.members.set(host, { isUp: true, hasRootUser: index === 0, syncRounds: 0, isStandalone: false });
  }

  /** As if it had been initiated before. */
  begin(config: SetConfig): this {
    this.config = config;
    this.history.push(config);
    for (const member of config.members) this.member(member.host).hasRootUser = true;
    this.elect();
    return this;
  }

  member(host: string): SimulatedMember {
    const known = this.members.get(host);
    if (known === undefined) throw new Error(`getaddrinfo ENOTFOUND ${host}`);
    return known;
  }

  async hello(host: string): Promise<Document> {
    const member = this.reach(host);
    if (member.isStandalone) return { isWritablePrimary: true, ok: 1 };
    if (this.config === undefined || !this.isIn(host))
      return {
        isWritablePrimary: false,
        secondary: false,
        info: 'Does not have a valid replica set config',
        isreplicaset: true,
        maxWireVersion: 21,
        ok: 1,
      };
    return {
      hosts: this.config.members.filter(({ priority }) => priority > 0).map((it) => it.host),
      passives: this.config.members.filter(({ priority }) => priority === 0).map((it) => it.host),
      setName: this.config._id,
      setVersion: this.config.version,
      isWritablePrimary: host === this.primary,
      secondary: host !== this.primary && member.syncRounds === 0,
      ...(this.primary === undefined ? {} : { primary: this.primary }),
      me: host,
      maxWireVersion: 21,
      ok: 1,
    };
  }

  async command(host: string, command: Document): Promise<Document> {
    const member = this.reach(host);
    if (!member.hasRootUser || this.given !== this.password || member.syncRounds > 0)
      throw refusal(CODE.authenticationFailed, 'AuthenticationFailed', 'Authentication failed.');
    if ('replSetInitiate' in command) return this.initiate(host, command.replSetInitiate);
    if (this.config === undefined)
      throw refusal(CODE.notYetInitialized, 'NotYetInitialized', 'no replset config has been received');
    if ('replSetGetStatus' in command) return this.status(host);
    if ('replSetGetConfig' in command) return { config: structuredClone(this.config), ok: 1 };
    if ('replSetReconfig' in command) return this.reconfigure(host, command.replSetReconfig);
    throw refusal(59, 'CommandNotFound', `no such command: '${Object.keys(command)[0]}'`);
  }

  async close(): Promise<void> {}

  /** Time goes by: copies advance, an election is held. */
  tick(): void {
    for (const member of this.members.values()) {
      if (member.syncRounds > 0) member.syncRounds--;
    }
    if (this.config !== undefined) this.elect();
  }

  private reach(host: string): SimulatedMember {
    const member = this.member(host);
    if (!member.isUp) throw new Error(`connect ECONNREFUSED ${host}`);
    return member;
  }

  private isIn = (host: string): boolean => this.config?.members.some((it) => it.host === host) === true;

  private initiate(host: string, config: Document): Document {
    if (this.config !== undefined)
      throw refusal(CODE.alreadyInitialized, 'AlreadyInitialized', 'already initialized');
    const hosts = (config.members as ConfigMember[]).map((it) => it.host);
    const down = hosts.find((it) => !this.member(it).isUp);
    if (down !== undefined)
      throw refusal(
        CODE.nodeNotFound,
        'NodeNotFound',
        `replSetInitiate quorum check failed because not all proposed set members responded affirmatively: ${down} failed with Connection refused`,
      );
    const full = hosts.find((it) => it !== host && this.member(it).hasRootUser);
    if (full !== undefined)
      throw refusal(
        CODE.cannotInitializeNodeWithData,
        'CannotInitializeNodeWithData',
        `'${full}' has data already, cannot initiate set.`,
      );
    for (const it of hosts.filter((other) => other !== host)) this.join(it);
    const members = (config.members as Array<Omit<ConfigMember, 'votes'>>).map((it) => ({
      votes: 1,
      hidden: false,
      arbiterOnly: false,
      ...it,
    })) as ConfigMember[];
    this.config = { _id: String(config._id), version: 1, term: 0, members, settings: { replicaSetId: 'x' } };
    this.history.push(this.config);
    return { ok: 1 };
  }

  private join(host: string): void {
    Object.assign(this.member(host), { hasRootUser: true, syncRounds: 2 });
  }

  private reconfigure(host: string, next: SetConfig): Document {
    const now = this.config as SetConfig;
    if (host !== this.primary)
      throw refusal(
        CODE.notWritablePrimary,
        'NotWritablePrimary',
        'New config can only be proposed by a primary',
      );
    const refuse = (why: string): never => {
      throw refusal(CODE.newConfigurationIncompatible, 'NewReplicaSetConfigurationIncompatible', why);
    };
    if (next.version !== now.version + 1) refuse(`version ${next.version} after ${now.version}`);
    if (JSON.stringify(next.settings) !== JSON.stringify(now.settings))
      refuse('settings.replicaSetId must not change');
    const voters = (config: SetConfig) =>
      config.members.filter(({ votes }) => votes > 0).map((it) => it.host);
    const [before, after] = [voters(now), voters(next)];
    const changed = [
      ...before.filter((it) => !after.includes(it)),
      ...after.filter((it) => !before.includes(it)),
    ];
    if (changed.length > 1)
      refuse('Non force replica set reconfig can only add or remove at most 1 voting member.');
    if (after.length > 7)
      refuse(
        'Replica set configuration contains 8 voting members, but must be at least 1 and no more than 7',
      );
    if (new Set(next.members.map(({ _id }) => _id)).size !== next.members.length) refuse('_id is used twice');
    const own = next.members.find((it) => it.host === host);
    if (own === undefined || own.priority === 0)
      throw refusal(
        104,
        'NodeNotElectable',
        `This node, ${host}, is not electable under the new configuration`,
      );
    const well = after.filter((it) => this.members.get(it)?.isUp === true);
    if (well.length * 2 <= after.length) refuse('no majority can acknowledge this');
    for (const it of changed.filter((added) => after.includes(added))) this.join(it);
    this.config = structuredClone(next);
    this.history.push(this.config);
    return { ok: 1 };
  }

  /** The best of those that are up and have all data; takes over from a primary of lower priority. */
  private elect(): void {
    const members = this.config?.members ?? [];
    const can = members.filter(
      ({ host, priority }) => priority > 0 && this.member(host).isUp && this.member(host).syncRounds === 0,
    );
    const up = members.filter(({ host, votes }) => votes > 0 && this.member(host).isUp);
    const hasMajority = up.length * 2 > members.filter(({ votes }) => votes > 0).length;
    const present = can.find(({ host }) => host === this.primary);
    const best = can.reduce(
      (one, other) => (other.priority > one.priority ? other : one),
      present ?? can[0] ?? (members[0] as ConfigMember),
    );
    this.primary = hasMajority && can.includes(best) ? best.host : undefined;
  }

  private status(asked: string): Document {
    const members = (this.config as SetConfig).members.map(({ _id, host }) => {
      const { isUp, syncRounds } = this.member(host);
      const stateStr = !isUp
        ? '(not reachable/healthy)'
        : syncRounds > 0
          ? 'STARTUP2'
          : host === this.primary
            ? 'PRIMARY'
            : 'SECONDARY';
      const heartbeat =
        host === asked ? { self: true } : { lastHeartbeatMessage: isUp ? '' : `Error connecting to ${host}` };
      return { _id, name: host, health: isUp ? 1 : 0, stateStr, ...heartbeat };
    });
    return { set: this.config?._id, myState: 1, members, ok: 1 };
  }
}
