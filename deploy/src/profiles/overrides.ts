/**
 * What a user sets for one time, over the profile: `--set chunk-processor.replicas=4`, `--set data.redis=single`,
 * `--set '*.reservations.cpus=0.05'`. Everything is checked before anything happens.
 */
import { deployErrors } from '../errors.ts';
import { MOST_VALIDATORS } from '../model/council.ts';
import type { Share } from '../model/policies.ts';
import { probedEvery } from '../model/probe.ts';
import type { Service, System } from '../model/types.ts';
import { requireService } from './profile.ts';
import { TIER_CHOICES, type Tiers } from './tiers.ts';

export interface Overrides {
  readonly tiers: Partial<Record<keyof Tiers, string>>;
  readonly services: readonly ServiceOverride[];
}

export interface ServiceOverride {
  /** Name with or without `lucid-`; `*` is every service. */
  readonly service: string;
  /** `replicas`, `limits.memory`, `env.LOG_LEVEL`. */
  readonly setting: string;
  readonly value: string;
}

type Change = (service: Service) => Service;

const TIER_PREFIX = /^(?:data|tier)\.|^(?=edge|mesh|monitoring)/;

/** Reads `--set` texts. Throws `usage` naming the text that cannot be understood and what would be. */
export function parseOverrides(texts: readonly string[]): Overrides {
  const tiers: Partial<Record<keyof Tiers, string>> = {};
  const services: ServiceOverride[] = [];
  for (const text of texts) {
    const [, path, value] = /^([^=]+)=(.*)$/s.exec(text) ?? [];
    if (path === undefined || value === undefined)
      throw deployErrors.badOverride(text, 'expected path=value, for example chunk-processor.replicas=4');
    const tier = tierOf(path);
    if (tier) tiers[tier] = checkedTier(text, tier, value);
    else services.push(serviceOverride(text, path, value));
  }
  return { tiers, services };
}

/** The tier choices among the overrides, in their own types. */
export function tiersOf(overrides: Overrides): Partial<Tiers> {
  const typed = Object.entries(overrides.tiers).map(([name, value]) => [name, tierValue(name, value)]);
  return Object.fromEntries(typed) as Partial<Tiers>; // every value was one of TIER_CHOICES
}

/** The system with the service overrides, in the order they were given. Throws `no-such-service` and `usage`. */
export function applyOverrides(system: System, overrides: Overrides): System {
  let services = system.services;
  for (const override of overrides.services) {
    const change = changeOf(override);
    const named = override.service === '*' ? undefined : requireService(system, override.service);
    if (named && !named.council && override.setting === 'validators')
      throw deployErrors.badOverride(textOf(override), `${named.name} is no validator`);
    const target = named?.name;
    services = services.map((service) =>
      target === undefined || service.name === target ? change(service) : service,
    );
  }
  return { ...system, services };
}

function tierOf(path: string): keyof Tiers | undefined {
  const name = path
    .replace(TIER_PREFIX, '')
    .replace('edge.replicas', 'edgeReplicas')
    .replace('edge.algorithm', 'edgeAlgorithm');
  return TIER_PREFIX.test(path) && name in TIER_CHOICES ? (name as keyof Tiers) : undefined;
}

function checkedTier(text: string, tier: keyof Tiers, value: string): string {
  const choices: readonly string[] = TIER_CHOICES[tier];
  if (!choices.includes(value)) throw deployErrors.badOverride(text, `one of ${choices.join(', ')}`);
  return value;
}

function tierValue(name: string, value: string | undefined): string | number | boolean | undefined {
  if (name === 'edgeReplicas') return Number(value);
  if (name === 'mesh' || name === 'monitoring') return value === 'true';
  return value;
}

function serviceOverride(text: string, path: string, value: string): ServiceOverride {
  const [, service, setting] = /^(\*|[a-z0-9-]+)\.(.+)$/.exec(path) ?? [];
  if (service === undefined || setting === undefined)
    throw deployErrors.badOverride(text, 'expected service.setting=value or data.<store>=<tier>');
  const override = { service, setting, value };
  changeOf(override); // says at once what is wrong with it
  return override;
}

function changeOf(override: ServiceOverride): Change {
  const { setting, value } = override;
  const text = textOf(override);
  const [, variable] = /^env\.([A-Za-z_][A-Za-z0-9_.]*)$/.exec(setting) ?? [];
  if (variable !== undefined) return environmentChange(variable, value, override.service === '*');
  const make = SETTINGS[setting];
  if (!make)
    throw deployErrors.badOverride(text, `settings are ${Object.keys(SETTINGS).join(', ')} and env.NAME`);
  const change = make(value);
  if (!change) throw deployErrors.badOverride(text, `${value} is no value for ${setting}`);
  return change;
}

const textOf = ({ service, setting, value }: ServiceOverride): string => `${service}.${setting}=${value}`;

const wholeNumber = (value: string): number | undefined =>
  /^\d{1,6}$/.test(value) ? Number(value) : undefined;
const decimal = (value: string): number | undefined =>
  /^\d{1,3}(\.\d{1,3})?$/.test(value) ? Number(value) : undefined;

/** What is meant for all of ours is nothing to a database or a job. */
function environmentChange(variable: string, value: string, everyone: boolean): Change {
  return (service) =>
    everyone && (!service.image.ours || service.kind === 'job')
      ? service
      : { ...service, env: { ...service.env, [variable]: value } };
}

/** One maker per setting; undefined when the value does not fit. */
const SETTINGS: Readonly<Record<string, (value: string) => Change | undefined>> = {
  replicas: (value) => {
    const replicas = wholeNumber(value);
    return replicas === undefined
      ? undefined
      : (service) => (service.kind === 'job' ? service : { ...service, replicas });
  },
  validators: (value) => {
    const size = wholeNumber(value);
    return size === undefined || size < 1 || size > MOST_VALIDATORS
      ? undefined
      : (service) => (service.council ? { ...service, council: { ...service.council, size } } : service);
  },
  'limits.cpus': shareSetting('limits', 'cpus', decimal),
  'limits.memory': shareSetting('limits', 'memoryMiB', mebibytes),
  'reservations.cpus': shareSetting('reservations', 'cpus', decimal),
  'reservations.memory': shareSetting('reservations', 'memoryMiB', mebibytes),
  'probe.interval': probeInterval,
  'probe.timeout': probeSetting('timeoutSeconds'),
  'probe.start-period': probeSetting('startPeriodSeconds'),
  'probe.retries': probeSetting('retries'),
  'probe.command': (value) => (service) =>
    service.probe
      ? { ...service, probe: { ...service.probe, check: { kind: 'command', command: value.split(' ') } } }
      : service,
  'update.delay': updateSetting('delaySeconds'),
  'update.monitor': updateSetting('monitorSeconds'),
  'update.parallelism': updateSetting('parallelism'),
};

function shareSetting(
  part: 'limits' | 'reservations',
  field: keyof Share,
  read: (value: string) => number | undefined,
) {
  return (value: string): Change | undefined => {
    const amount = read(value);
    if (amount === undefined) return undefined;
    return (service) => ({
      ...service,
      resources: { ...service.resources, [part]: { ...service.resources[part], [field]: amount } },
    });
  };
}

function probeSetting(field: 'intervalSeconds' | 'timeoutSeconds' | 'startPeriodSeconds' | 'retries') {
  return (value: string): Change | undefined => {
    const number = wholeNumber(value.replace(/s$/, ''));
    if (number === undefined) return undefined;
    return (service) =>
      service.probe ? { ...service, probe: { ...service.probe, [field]: number } } : service;
  };
}

function probeInterval(value: string): Change | undefined {
  const seconds = wholeNumber(value.replace(/s$/, ''));
  if (seconds === undefined) return undefined;
  return (service) => (service.probe ? { ...service, probe: probedEvery(service.probe, seconds) } : service);
}

function updateSetting(field: 'delaySeconds' | 'monitorSeconds' | 'parallelism') {
  return (value: string): Change | undefined => {
    const number = wholeNumber(value.replace(/s$/, ''));
    if (number === undefined) return undefined;
    return (service) => ({ ...service, update: { ...service.update, [field]: number } });
  };
}

/** `512M`, `2G`, or plain MiB. */
function mebibytes(value: string): number | undefined {
  const [, amount, unit] = /^(\d{1,7})([MG]?)i?B?$/.exec(value) ?? [];
  return amount === undefined ? undefined : Number(amount) * (unit === 'G' ? 1024 : 1);
}
