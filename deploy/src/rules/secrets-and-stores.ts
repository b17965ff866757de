import type { Rule } from './rule.ts';

const LOOKS_SECRET = /(SECRET|PASSWORD|_KEY|TOKEN)$/;

export const secretsAndStores: Rule = {
  name: 'secrets-and-stores',
  because:
    'a secret comes from the secret store, never from the model; who uses a store must be able to log in',
  check: (system) =>
    system.services.flatMap((service) => {
      const declared = system.secrets.map((secret) => secret.name);
      const wanted = [
        ...service.secrets.map((use) => use.secret),
        ...(service.access ? [service.access.passwordSecret] : []),
      ];
      const closed = service.uses.filter(
        (use) => system.services.find((other) => other.name === use.store)?.access === undefined,
      );
      return [
        ...wanted
          .filter((name) => !declared.includes(name))
          .map((name) => `${service.name} wants the unknown secret ${name}`),
        ...Object.keys(service.env)
          .filter((name) => LOOKS_SECRET.test(name))
          .map((name) => `${service.name} has ${name} as plain text`),
        ...closed.map((use) => `${service.name} uses ${use.store}, which says nothing about how to log in`),
      ];
    }),
};
