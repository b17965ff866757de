// The wallet plane on a real engine: nobody gets in but by the payment gateway, nobody gets out but through the proxy.
import { afterAll, beforeAll, describe, expect, it, vi } from 'vitest';
import { parse } from 'yaml';
import { composeSystem } from '../../src/profiles/compose-system.ts';
import { profiles } from '../../src/profiles/index.ts';
import { compose } from '../../src/render/compose/index.ts';
import { swarm } from '../../src/render/swarm/index.ts';
import { system as lucid } from '../../src/system.ts';
import { isolation } from '../../src/validate/isolation.ts';
import { lookAt, runChecks } from '../../src/validate/run-checks.ts';
import { connectionsFrom, type Outcome, tunnelFrom } from './support/connections.ts';
import {
  ALLOWED_HOST,
  type Found,
  IsolationLab,
  listeningAt,
  OTHER_HOST,
  SECOND_HOST,
  WORLD,
  whyNoIsolation,
} from './support/isolation-lab.ts';
import { NAME, OUTSIDERS, PROXY, system, WAY_IN, WAY_OUT } from './support/isolation-system.ts';

const MAIN = 'lucid-network';
const TRON = 'lucid-tron-network';
const EGRESS = 'lucid-tron-egress';
const UPLINK = 'lucid-tron-uplink';
/** Enclosed on all sides; Redis is as well, but has no program to try with. */
const INSIDERS = [WAY_OUT, 'lucid-wallet-manager', 'lucid-payout-router', 'lucid-tron-mongodb'];
const OPEN = 'HTTP/1.1 200 Connection established';
const REFUSED = 'HTTP/1.1 403 Forbidden';
const reason = await whyNoIsolation();
vi.setConfig({ testTimeout: 300_000, hookTimeout: 300_000 }); // containers on a busy machine take their time

if (reason) it('the wallet plane is isolated on Compose', (test) => test.skip(reason));
else
  describe('the wallet plane on Compose', () => {
    const lab = new IsolationLab();
    let containers: Map<string, Found>;
    const container = (name: string): Found => {
      const found = containers.get(name);
      if (!found) throw new Error(`${name} does not run`);
      return found;
    };
    const from = (name: string, addresses: readonly string[]) =>
      connectionsFrom(lab.docker, name === WORLD ? WORLD : container(name).id, addresses);
    const wallets = () =>
      system.services.filter(({ plane }) => plane === 'wallet').map(({ name }) => container(name));
    const addressesOn = (network: string) => wallets().flatMap((each) => listeningAt(each, network));
    const verdicts = async () => {
      const results = await runChecks([isolation], await lookAt(lab.engine, Date.now()));
      return Object.fromEntries(results.map(({ subject, verdict }) => [subject, verdict]));
    };

    beforeAll(async () => {
      await lab.start();
      containers = await lab.containers();
    });
    afterAll(() => lab.stop());

    it('has the networks of the model, with nobody else on the internal one', async () => {
      expect(await lab.network(TRON)).toMatchObject({
        Name: `${NAME}_${TRON}`,
        Internal: true,
        IPAM: { Config: [{ Subnet: '172.21.0.0/16' }] },
      });
      expect(await lab.network(EGRESS)).toMatchObject({ Internal: true });
      expect(await lab.network(MAIN)).toMatchObject({ Internal: false });
      for (const { name, networks } of system.services)
        expect(Object.keys(container(name).addresses).toSorted(), name).toEqual(networks.toSorted());
    });

    it('publishes nothing: the gateway has the only door', async () => {
      const published = [...containers.values()].flatMap(({ service, published: ports }) =>
        ports.map((port) => `${service} ${port}`),
      );
      expect(published).toEqual([`lucid-api-gateway ${lab.door}->8081/tcp`]);
      expect((await fetch(`http://${lab.door}/health/ready`)).status).toBe(200);
      for (const { id, service } of wallets()) expect(await lab.docker.run(['port', id]), service).toBe('');
    });

    it('can be reached at every one of its addresses from inside', async () => {
      const insiders = { [TRON]: WAY_IN, [EGRESS]: WAY_OUT, [UPLINK]: WORLD };
      for (const [network, insider] of Object.entries(insiders)) {
        const addresses = addressesOn(network);
        expect(addresses.length, network).toBeGreaterThan(0);
        expect(await from(insider, addresses), `from ${insider}`).toEqual(all(addresses, 'connected'));
      }
    });

    it.each(OUTSIDERS)('cannot be reached at any of them from %s, but for the way in', async (outsider) => {
      const closed = [TRON, EGRESS, UPLINK].flatMap(addressesOn);
      const door = addressesOn(MAIN);
      expect(door).toEqual(listeningAt(container(WAY_IN), MAIN));
      const others = OUTSIDERS.filter((name) => name !== outsider);
      const neighbours = others.flatMap((name) => listeningAt(container(name), MAIN));
      const open = [...door, ...neighbours, ...door.map((address) => address.replace(/.*:/, `${WAY_IN}:`))];
      const outcomes = await from(outsider, [...closed, ...open]);
      expect(connected(outcomes)).toEqual(open.toSorted());
    });

    it('is not even known by name outside of it', async () => {
      const names = wallets()
        .filter(({ service }) => service !== WAY_IN)
        .flatMap((each) => listeningAt({ ...each, addresses: { name: each.service } }, 'name'));
      for (const outsider of OUTSIDERS) expect(connected(await from(outsider, names)), outsider).toEqual([]);
      const known = names.filter((name) => !name.startsWith(`${PROXY}:`));
      expect(connected(await from(WAY_IN, names))).toEqual(known.toSorted());
      expect(connected(await from(WAY_OUT, names))).toEqual(names.toSorted());
    });

    it('has no way out of its networks, as others have', async () => {
      const asWorld = (await lab.docker.run(['inspect', '--format', ipOn(UPLINK), WORLD])).trim();
      for (const outsider of OUTSIDERS)
        expect(await from(outsider, [lab.world]), outsider).toEqual({ [lab.world]: 'connected' });
      for (const insider of INSIDERS) {
        const addresses = [lab.world, `${asWorld}:443`, `${ALLOWED_HOST}:443`];
        expect(connected(await from(insider, addresses)), insider).toEqual([]);
      }
    });

    it('has a proxy whose own way out leads through its uplink', async () => {
      const [host, port] = lab.world.split(':');
      const dial = `nc -w 5 ${host} ${port} < /dev/null`;
      const { exitCode, stderr } = await lab.docker.capture(['exec', container(PROXY).id, 'sh', '-c', dial]);
      expect(exitCode, stderr).toBe(0);
    });

    it('lets the client out through the proxy, to the hosts on its list and no others', async () => {
      const proxy = `${PROXY}:3128`;
      const asked = (target: string) => tunnelFrom(lab.docker, container(WAY_OUT).id, proxy, target);
      const open = await asked(`${ALLOWED_HOST}:443`);
      expect(open.status).toBe(OPEN);
      expect(JSON.parse(open.body)).toMatchObject({ SERVICE_NAME: WORLD });
      const address = (await lab.docker.run(['inspect', '--format', ipOn(UPLINK), WORLD])).trim();
      for (const target of [`${OTHER_HOST}:443`, `${ALLOWED_HOST}:80`, `${address}:443`, `${WAY_IN}:8090`])
        expect((await asked(target)).status, target).toBe(REFUSED);
    });

    it('takes no address for a host on the list because somebody calls it so', async () => {
      const address = (await lab.docker.run(['inspect', '--format', ipOn(UPLINK), WORLD])).trim();
      const { id } = container(PROXY);
      const line = `${address} ${SECOND_HOST}`; // read by the proxy in place of a reverse lookup
      await lab.docker.run(['exec', '--user', '0', id, 'sh', '-c', `echo '${line}' >> /etc/hosts`]);
      await lab.docker.run(['kill', '--signal', 'HUP', id]);
      const asked = (target: string) =>
        tunnelFrom(lab.docker, container(WAY_OUT).id, `${PROXY}:3128`, target);
      await expect
        .poll(async () => (await asked(`${SECOND_HOST}:443`)).status, { timeout: 60_000, interval: 500 })
        .toBe(OPEN);
      expect((await asked(`${address}:443`)).status).toBe(REFUSED);
    });

    it('is found isolated by the validation, until somebody is put on a wrong network', async () => {
      const good = await verdicts();
      expect(good).toMatchObject({ [TRON]: 'ok', 'lucid-wallet-manager-1': 'ok', [`${PROXY}-1`]: 'ok' });
      expect(Object.values(good).filter((verdict) => verdict !== 'ok')).toEqual([]);
      const opened = await lab.whileOn(MAIN, container('lucid-wallet-manager').id, verdicts);
      expect(opened).toEqual({ ...good, 'lucid-wallet-manager-1': 'failed' });
      for (const outsider of OUTSIDERS) {
        const entered = await lab.whileOn(TRON, container(outsider).id, verdicts);
        expect(entered, outsider).toMatchObject({ 'lucid-wallet-manager-1': 'failed' });
      }
      expect(await verdicts()).toEqual(good);
    });
  });

describe.each(Object.values(profiles))('the files of profile $name', (profile) => {
  it.each([compose, swarm])('publish nothing on an internal network, for $name', (target) => {
    const { files } = target.render(composeSystem(lucid, profile), { profile: profile.name });
    const documents = [...files]
      .filter(([path]) => /^[^/]+\.yaml$/.test(path))
      .map(([, text]) => documentOf(text));
    const networks = Object.assign({}, ...documents.map((document) => document.networks));
    const internal = Object.keys(networks).filter((name) => networks[name].internal);
    expect(internal.toSorted()).toEqual([EGRESS, TRON]);
    expect(networks[TRON].ipam.config).toEqual([{ subnet: '172.21.0.0/16' }]);
    const services = documents.flatMap((document) => Object.entries(document.services));
    const enclosed = services.filter(([, { networks: own }]) => internal.some((name) => name in own));
    expect(enclosed.length).toBeGreaterThanOrEqual(9);
    expect(enclosed.filter(([, { ports }]) => ports !== undefined).map(([name]) => name)).toEqual([]);
    expect(services.some(([, { ports }]) => ports !== undefined)).toBe(true);
  });
});

/** What is read of a file here: nothing of our own parser, which could share a mistake with the renderer. */
interface ComposeFile {
  readonly services: Record<string, { networks: Record<string, unknown>; ports?: unknown }>;
  readonly networks: Record<string, { internal?: boolean; ipam: { config: unknown } }>;
}
const documentOf = (text: string) => parse(text) as ComposeFile;

const all = (addresses: readonly string[], outcome: Outcome) =>
  Object.fromEntries(addresses.map((address) => [address, outcome]));

const connected = (outcomes: Readonly<Record<string, Outcome>>): string[] =>
  Object.keys(outcomes)
    .filter((address) => outcomes[address] === 'connected')
    .toSorted();

const ipOn = (network: string) => `{{(index .NetworkSettings.Networks "${NAME}_${network}").IPAddress}}`;
