/**
 * A certificate that signs itself, for a door that has no other yet: Node reads X.509 but does not write it, so the few
 * structures of RFC 5280 are put together here. Names are fixed: whoever needs others puts a real certificate in place.
 */
import { generateKeyPairSync, randomBytes, sign } from 'node:crypto';

const TAG = {
  boolean: 0x01,
  integer: 0x02,
  bits: 0x03,
  octets: 0x04,
  oid: 0x06,
  utf8: 0x0c,
  time: 0x18,
  sequence: 0x30,
  set: 0x31,
} as const;
const OID = {
  commonName: '550403',
  ecdsaWithSha256: '2a8648ce3d040302',
  basicConstraints: '551d13',
  subjectAltName: '551d11',
  extendedKeyUsage: '551d25',
  serverAuth: '2b06010505070301',
} as const;
const DNS_NAMES = ['localhost', 'lucid-edge', 'api.lucid.onion'];
const ADDRESSES = [Buffer.from([127, 0, 0, 1]), Buffer.concat([Buffer.alloc(15), Buffer.from([1])])];
const YEAR_MS = 365 * 86_400_000;
/** A clock that runs behind must not refuse a certificate of today. */
const BACKDATED_MS = 86_400_000;

/** An EC P-256 key and a certificate over it for localhost, ten years long: certificate and key in one PEM. */
export function selfSignedPem(nowMs: number = Date.now()): string {
  const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'P-256' });
  const algorithm = sequence(oid(OID.ecdsaWithSha256));
  const name = sequence(
    der(TAG.set, sequence(oid(OID.commonName), der(TAG.utf8, Buffer.from('lucid-edge')))),
  );
  const toBeSigned = sequence(
    explicit(0, der(TAG.integer, Buffer.from([2]))), // version 3
    der(TAG.integer, serial()),
    algorithm,
    name,
    sequence(time(nowMs - BACKDATED_MS), time(nowMs + 10 * YEAR_MS)),
    name,
    publicKey.export({ type: 'spki', format: 'der' }),
    explicit(3, extensions()),
  );
  const signature = der(TAG.bits, Buffer.from([0]), sign('sha256', toBeSigned, privateKey));
  const certificate = sequence(toBeSigned, algorithm, signature);
  return `${pem(certificate)}${privateKey.export({ type: 'pkcs8', format: 'pem' })}`;
}

function extensions(): Buffer {
  const names = [
    ...DNS_NAMES.map((dnsName) => der(0x82, Buffer.from(dnsName))),
    ...ADDRESSES.map((address) => der(0x87, address)),
  ];
  const extension = (id: string, critical: boolean, value: Buffer) =>
    sequence(oid(id), ...(critical ? [der(TAG.boolean, Buffer.from([0xff]))] : []), der(TAG.octets, value));
  return sequence(
    extension(OID.basicConstraints, true, sequence()), // not an authority
    extension(OID.extendedKeyUsage, false, sequence(oid(OID.serverAuth))),
    extension(OID.subjectAltName, false, sequence(...names)),
  );
}

/** Tag, length, content: X.690, 8.1. */
function der(tag: number, ...parts: readonly Buffer[]): Buffer {
  const content = Buffer.concat(parts);
  const { length } = content;
  if (length < 0x80) return Buffer.concat([Buffer.from([tag, length]), content]);
  const size = length < 0x100 ? [0x81, length] : [0x82, length >> 8, length & 0xff]; // nothing here reaches 64 KiB
  return Buffer.concat([Buffer.from([tag, ...size]), content]);
}

const sequence = (...parts: readonly Buffer[]) => der(TAG.sequence, ...parts);
const explicit = (number: number, part: Buffer) => der(0xa0 + number, part);
const oid = (hex: string) => der(TAG.oid, Buffer.from(hex, 'hex'));
const pem = (certificate: Buffer) =>
  `-----BEGIN CERTIFICATE-----\n${certificate.toString('base64').replace(/.{64}/g, '$&\n').trim()}\n-----END CERTIFICATE-----\n`;

/** 127 random bits, positive and without a leading zero byte. */
function serial(): Buffer {
  const bytes = randomBytes(16);
  bytes[0] = ((bytes[0] ?? 0) & 0x3f) | 0x40;
  return bytes;
}

/** UTCTime until 2049, as RFC 5280, 4.1.2.5 demands; GeneralizedTime from then on. */
function time(ms: number): Buffer {
  const text = new Date(ms).toISOString().replace(/[-:T]|\.\d+/g, ''); // 20260102030405Z
  const early = Number(text.slice(0, 4)) < 2050;
  return der(early ? 0x17 : TAG.time, Buffer.from(early ? text.slice(2) : text));
}
