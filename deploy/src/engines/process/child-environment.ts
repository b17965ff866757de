/** Gives the symbolic environment of the model its values for one instance run as a process. */
import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { calledName, findService, findStore } from '../../model/edges.ts';
import { environmentOf, type Variable } from '../../model/environment.ts';
import { connectionString, type Store } from '../../model/store.ts';
import type { Service, System } from '../../model/types.ts';
import {
  type AddressPlan,
  discoveryRecord,
  dnsEndpoint,
  type InstanceAddress,
  instanceAddress,
} from './address-plan.ts';
import type { Home } from './home.ts';
import { HOME_MARKER } from './reaper.ts';
import type { SecretStore } from './secret-store.ts';
import { privateKeyFileOf } from './service-keys.ts';

export interface EnvironmentContext {
  readonly system: System;
  readonly home: Home;
  readonly plan: AddressPlan;
  readonly secrets: SecretStore;
  /** The public door, for the services that have one. */
  readonly publish: string | undefined;
  /** `NAME=value` or `service:NAME=value`, from the command line; the last word. */
  readonly overrides: readonly string[];
}

/** What a child may see of the user's own environment: the machine's ways, not the user's variables. */
const INHERITED = [
  'PATH',
  'HOME',
  'USER',
  'LANG',
  'LC_ALL',
  'TZ',
  'TMPDIR',
  'NODE_EXTRA_CA_CERTS',
  'SSL_CERT_FILE',
];

export function childEnvironment(
  context: EnvironmentContext,
  service: Service,
  replica: number,
  address: InstanceAddress,
): Record<string, string> {
  const { home, plan } = context;
  const id = `${service.name}-${replica}`;
  const dns = dnsEndpoint(plan);
  const own: Record<string, string> = {
    ...inherited(),
    [HOME_MARKER]: home.dir,
    NODE_COMPILE_CACHE: join(home.cacheDir, 'compile'),
    INSTANCE_ID: id,
    HOST: address.host,
    ADVERTISED_ADDRESS: `${address.host}:${address.portFor(service.port)}`,
    DNS_SERVERS: `${dns.host}:${dns.port}`,
    DISCOVERY_RECORD: discoveryRecord(plan),
  };
  if (service.kind === 'service') {
    own.SERVICE_PRIVATE_KEY_FILE = privateKeyFileOf(home, id);
    own.SERVICE_KEYS_FILE = home.serviceKeysFile;
  }
  if (service.publishes && context.publish) own[service.publishes.variable] = context.publish;
  for (const variable of environmentOf(context.system, service)) {
    Object.assign(own, resolved(context, service, id, address, variable));
  }
  return { ...own, ...overridesFor(context.overrides, [service.name, calledName(service)]) };
}

function resolved(
  context: EnvironmentContext,
  service: Service,
  id: string,
  address: InstanceAddress,
  variable: Variable,
): Record<string, string> {
  switch (variable.kind) {
    case 'literal':
      return { [variable.name]: variable.value };
    case 'port':
      return { [variable.name]: String(address.portFor(variable.port)) };
    case 'secret':
      return { [`${variable.name}_FILE`]: context.secrets.pathOf(variable.secret) };
    case 'volume': {
      const owner = variable.volume.scope === 'shared' ? service.name : id;
      const dir = join(
        context.home.dataDir,
        owner,
        ...(service.volumes.length > 1 ? [variable.volume.name] : []),
      );
      mkdirSync(dir, { recursive: true, mode: 0o700 });
      return { [variable.name]: dir };
    }
    case 'connection': {
      const store = findStore(context.system, variable.use.store);
      if (!store) return {}; // the rules have refused such a model already
      const password = store.passwordSecret && context.secrets.read(store.passwordSecret);
      const text = connectionString(store, variable.use, password, storeAuthorities(context, store));
      return {
        [`${variable.name}_FILE`]: context.secrets.keep(`${store.name}-${variable.use.database}-uri`, text),
      };
    }
  }
}

/** By name, like everywhere; where a single address forces other ports, the connection string must say which. */
function storeAuthorities(context: EnvironmentContext, store: Store): string[] | undefined {
  if (context.plan.mode === 'subnet') return undefined;
  return store.members.flatMap((name) => {
    const member = findService(context.system, name);
    if (!member) return [];
    const index = context.system.services.indexOf(member) + 1;
    const { host, portFor } = instanceAddress(context.plan, member, index, 1);
    return [`${host}:${portFor(store.port)}`];
  });
}

function inherited(): Record<string, string> {
  return Object.fromEntries(
    INHERITED.flatMap((name) => {
      const value = process.env[name];
      return value === undefined ? [] : [[name, value]];
    }),
  );
}

function overridesFor(overrides: readonly string[], names: readonly string[]): Record<string, string> {
  const matching = overrides.flatMap((override) => {
    const [, target, name, value] = /^(?:([a-z0-9-]+):)?([A-Za-z_][A-Za-z0-9_]*)=(.*)$/s.exec(override) ?? [];
    const applies = target === undefined || names.includes(target) || names.includes(`lucid-${target}`);
    return name !== undefined && value !== undefined && applies ? [[name, value] as const] : [];
  });
  return Object.fromEntries(matching);
}
