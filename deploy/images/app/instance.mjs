// Who a container is: what only it can know, once it runs. Pure; start.mjs hands in the facts.
// Plain JavaScript: the files of this folder are in the image as they are here.

/** Variables that are set, and for the others the defaults the image was built with. An empty value counts as unset. */
export function withDefaults(environment, defaults) {
  const given = Object.entries(environment).filter(([, value]) => value !== undefined && value !== '');
  return { ...defaults, ...Object.fromEntries(given) };
}

/**
 * Fills in `INSTANCE_ID` (`<SERVICE_NAME>-<hostname>`) and `ADVERTISED_ADDRESS` (`<own IPv4>:<PORT>`) where they are unset.
 * Returns the variables to add to the environment, or with them the `problem` that forbids the start.
 */
export function identify({ environment, defaults, hostname, interfaces }) {
  const known = withDefaults(environment, defaults);
  const added = Object.fromEntries(Object.keys(defaults).map((name) => [name, known[name]]));
  if (!known.INSTANCE_ID) added.INSTANCE_ID = `${known.SERVICE_NAME ?? 'lucid'}-${hostname}`;
  if (known.ADVERTISED_ADDRESS || !known.PORT) return { environment: added };

  const own = ownAddresses(interfaces);
  const network = known.ADVERTISED_NETWORK;
  const range = network ? parseRange(network) : undefined;
  if (network && !range)
    return { environment: added, problem: `ADVERTISED_NETWORK is no IPv4 network: ${network}` };
  const address = range ? own.find((candidate) => inRange(candidate, range)) : own[0];
  if (address) return { environment: { ...added, ADVERTISED_ADDRESS: `${address}:${known.PORT}` } };
  const here = own.length > 0 ? `has ${own.join(', ')}` : 'has no IPv4 address';
  const wanted = network ? `none in ADVERTISED_NETWORK ${network}` : 'none that others could reach';
  return { environment: added, problem: `no address to advertise: the container ${here}, ${wanted}` };
}

/** IPv4 addresses that are not the container's own loopback, in the order of the interfaces. */
function ownAddresses(interfaces) {
  const all = Object.values(interfaces).flatMap((addresses) => addresses ?? []);
  return all.filter(({ family, internal }) => family === 'IPv4' && !internal).map(({ address }) => address);
}

/** `172.20.0.0/16` → its first address and mask as 32-bit numbers. */
function parseRange(text) {
  const [, address, bits] = /^(\d{1,3}(?:\.\d{1,3}){3})\/(\d{1,2})$/.exec(text) ?? [];
  const first = address === undefined ? undefined : toNumber(address);
  if (first === undefined || Number(bits) > 32) return undefined;
  const mask = Number(bits) === 0 ? 0 : (-1 << (32 - Number(bits))) >>> 0;
  return { first: (first & mask) >>> 0, mask };
}

function inRange(address, { first, mask }) {
  const number = toNumber(address);
  return number !== undefined && (number & mask) >>> 0 === first;
}

function toNumber(address) {
  const parts = address.split('.').map(Number);
  if (parts.some((part) => part > 255)) return undefined;
  return parts.reduce((sum, part) => sum * 256 + part, 0);
}
