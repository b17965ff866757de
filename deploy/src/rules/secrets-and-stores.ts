import type { Rule } from './rule.ts';

export const secretsAndStores: Rule = {
  name: 'secrets-and-stores',
  because:
    'a secret comes from the secret store, never from the model; who uses a store must be able to log in',
  check: (system) => [
    ...system.services.flatMap((service) => {
      const declared = system.secrets.map((secret) => secret.name);
      const wanted = [...service.secrets, ...service.secretFiles].map((use) => use.secret);
      return [
        ...wanted
          .filter((name) => !declared.includes(name))
          .map((name) => `${service.name} wants the unknown secret ${name}`),
        ...service.uses
          .filter((use) => !system.stores.some((store) => store.name === use.store))
          .map((use) => `${service.name} uses ${use.store}, which nobody says how to log in to`),
      ];
    }),
    ...system.stores.flatMap((store) => {
      const names = system.services.map((service) => service.name);
      return [...store.members, ...store.initialisedBy]
        .filter((name) => !names.includes(name))
        .map((name) => `the store ${store.name} counts on ${name}, which is not declared`);
    }),
  ],
};
