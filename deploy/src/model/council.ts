/**
 * Validators of the chain. The model draws one; several are services of their own, each made from that one, because they
 * differ in what a replica cannot differ in: key, name on the chain, database, folder. To everybody else they are one
 * service, by the name of the drawn one.
 *
 *   lucid-blockchain-engine ──size 4──▶ lucid-blockchain-validator-1 … -4   each found by `lucid-blockchain-engine` as well
 *                                          keys, databases, volumes: of the first as drawn, of the others with `-2`, `_2` …
 */
import type { Council, Secret, SecretUse, Service, System, ValidatorSecrets } from './types.ts';

/** As many as a genesis block can list. */
export const MOST_VALIDATORS = 100;

/** More than two thirds must agree: of four one may be gone, of seven two. */
export const faultsBorne = (validators: number): number => Math.floor((validators - 1) / 3);

/** The system with every council as services of its own. One without councils of several is returned as it is. */
export function withCouncils(system: System): System {
  return system.services
    .filter(({ council }) => council !== undefined && council.size > 1)
    .reduce((before, { name }) => withCouncil(before, name), system);
}

function withCouncil(system: System, name: string): System {
  const drawn = system.services.find((service) => service.name === name);
  if (!drawn?.council) return system;
  const { council } = drawn;
  const numbers = Array.from({ length: council.size }, (_, at) => at + 1);
  const names = numbers.map((number) => `${council.members}-${number}`);
  const known = publicSecrets(drawn, council, names);
  const members = numbers.map((number) => member(drawn, council, number, names, known));
  const several = (others: readonly string[]) =>
    others.flatMap((other) => (other === name ? names : [other]));
  const own = ownSecrets(drawn, council);
  const further = numbers
    .slice(1)
    .flatMap((number) =>
      system.secrets
        .filter((secret) => own.includes(secret.name))
        .map((secret) => ({ ...secret, name: numbered(secret.name, number) })),
    );
  return {
    ...system,
    secrets: [...system.secrets, ...further, ...known],
    services: system.services.flatMap((service) =>
      service.name === name
        ? members
        : [
            {
              ...service,
              calls: several(service.calls),
              reaches: several(service.reaches),
              startsAfter: several(service.startsAfter),
            },
          ],
    ),
  };
}

function member(
  drawn: Service,
  council: Council,
  number: number,
  names: readonly string[],
  known: readonly Secret[],
): Service {
  const name = `${council.members}-${number}`;
  const own = ownSecrets(drawn, council);
  const uses: SecretUse[] = drawn.secrets.map((use) =>
    own.includes(use.secret) ? { ...use, secret: numbered(use.secret, number) } : use,
  );
  return {
    ...drawn,
    name,
    standsFor: drawn.name,
    aliases: [...drawn.aliases, drawn.name],
    council: undefined,
    calls: [...drawn.calls, ...names.filter((other) => other !== name)],
    secrets: [
      ...uses,
      ...known.map((secret) => ({ variable: VARIABLE_OF[secret.format] ?? '', secret: secret.name })),
    ],
    volumes: drawn.volumes.map((volume) => ({ ...volume, name: numbered(volume.name, number) })),
    uses: drawn.uses.map((use) => ({ ...use, database: numbered(use.database, number, '_') })),
  };
}

const VARIABLE_OF: Readonly<Record<string, string>> = {
  'bootstrap-validators': 'BOOTSTRAP_VALIDATORS',
  'validator-peers': 'BLOCKCHAIN_PEERS',
};

/** What all of them are told of all of them: the genesis block's list, and who is where. */
function publicSecrets(drawn: Service, council: Council, names: readonly string[]): Secret[] {
  const secretOf = (variable: string, number: number) =>
    numbered(drawn.secrets.find((use) => use.variable === variable)?.secret ?? variable, number);
  const validators = names.map(
    (name, at): ValidatorSecrets => ({
      key: secretOf(council.key, at + 1),
      nodeId: secretOf(council.nodeId, at + 1),
      url: `http://${name}:${drawn.port}`,
      service: drawn.name,
    }),
  );
  return [
    { name: `${council.members}s`, format: 'bootstrap-validators', validators },
    { name: `${council.members}-peers`, format: 'validator-peers', validators },
  ];
}

function ownSecrets(drawn: Service, { key, nodeId }: Council): string[] {
  return drawn.secrets.filter(({ variable }) => [key, nodeId].includes(variable)).map(({ secret }) => secret);
}

/** The first has what was drawn: a chain that one validator began is met by one who knows that it is another. */
const numbered = (name: string, number: number, by = '-'): string =>
  number === 1 ? name : `${name}${by}${number}`;
