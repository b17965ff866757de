import type { Service, System } from '../model/types.ts';
import type { Rule } from './rule.ts';

export const egress: Rule = {
  name: 'egress',
  because:
    'an internal network has no way out: who wants one needs a proxy that is declared and knows the host',
  check: (system) =>
    system.services
      .filter((service) => isEnclosed(system, service))
      .flatMap((service) => hostsOutside(system, service).flatMap((host) => blocked(system, service, host))),
};

function isEnclosed(system: System, { networks }: Service): boolean {
  const own = system.networks.filter(({ name }) => networks.includes(name));
  return own.length > 0 && own.every(({ internal }) => internal);
}

/** Hosts of the addresses in its variables that are no part of the system. */
function hostsOutside({ services }: System, { env }: Service): string[] {
  const names = new Set(services.flatMap(({ name, aliases }) => [name, ...aliases]));
  return Object.values(env).flatMap((value) => {
    const [, host] = /^https?:\/\/(?:[^/@]*@)?([\w.-]+)/.exec(value) ?? [];
    return host !== undefined && !names.has(host) && host !== 'localhost' ? [host] : [];
  });
}

function blocked(system: System, service: Service, host: string): string[] {
  const [, name] = /^http:\/\/([\w.-]+):\d+$/.exec(service.env.HTTPS_PROXY ?? '') ?? [];
  if (name === undefined) return [`${service.name} wants ${host}, but its networks have no way out`];
  const proxy = system.services.find((other) => other.name === name);
  if (!proxy || !service.reaches.includes(name))
    return [`${service.name} goes out through ${name}, which it does not reach`];
  if (isEnclosed(system, proxy)) return [`${name} is to lead out, but its networks have no way out`];
  const knows = proxy.configs.some(({ content }) => content.split(/[\s"',]+/).includes(host));
  return knows ? [] : [`${service.name} wants ${host}, which ${name} does not let through`];
}
