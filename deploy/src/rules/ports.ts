import { type Rule, repeated } from './rule.ts';

export const ports: Rule = {
  name: 'ports',
  because: 'services may share a port number (each has its own address), but not one service twice',
  check: (system) => [
    ...system.services.flatMap((service) => {
      if (service.kind === 'job') return [];
      const own = [service.port, ...service.extraPorts.map((extra) => extra.port)];
      const check = service.probe?.check;
      const probed = check && check.kind !== 'command' ? [check.port] : [];
      const invalid = own.filter((port) => !Number.isInteger(port) || port < 1 || port > 65_535);
      const nowhere = probed
        .filter((port) => !own.includes(port))
        .map(() => `${service.name} is probed on a port it does not have`);
      return [
        ...repeated(own).map((port) => `${service.name} uses port ${port} twice`),
        ...invalid.map((port) => `${service.name} has no valid port: ${port}`),
        ...nowhere,
      ];
    }),
  ],
};
