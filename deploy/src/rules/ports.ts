import { type Rule, repeated } from './rule.ts';

export const ports: Rule = {
  name: 'ports',
  because:
    'services may share a port number (each has its own address), but not one service twice, nor the door outside',
  check: (system) => [
    ...system.services.flatMap((service) => {
      const own = [service.port, ...service.extraPorts.map((extra) => extra.port)];
      const invalid = own.filter((port) => !Number.isInteger(port) || port < 1 || port > 65_535);
      const nowhere = own.includes(service.probe.port)
        ? []
        : [`${service.name} is probed on a port it does not have`];
      return [
        ...repeated(own).map((port) => `${service.name} uses port ${port} twice`),
        ...invalid.map((port) => `${service.name} has no valid port: ${port}`),
        ...nowhere,
      ];
    }),
    ...repeated(
      system.services.flatMap(({ publishes }) => (publishes ? [`${publishes.host}:${publishes.port}`] : [])),
    ).map((address) => `two services publish ${address}`),
  ],
};
