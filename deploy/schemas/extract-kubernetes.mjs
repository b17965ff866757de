// Cuts out of Kubernetes' own API description what the renderer may write, and writes it to kubernetes.json.
//   node deploy/schemas/extract-kubernetes.mjs [version] && npx biome format --write deploy/schemas
// The description comes with the Go module k8s.io/kubernetes (any machine with Go and a module proxy can get it).
import { execFileSync } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';

const VERSION = process.argv[2] ?? 'v1.34.2';
const KINDS = {
  v1: ['Namespace', 'ServiceAccount', 'ConfigMap', 'PersistentVolumeClaim', 'Service'],
  'apps/v1': ['Deployment', 'StatefulSet'],
  'batch/v1': ['Job'],
  'autoscaling/v2': ['HorizontalPodAutoscaler'],
  'policy/v1': ['PodDisruptionBudget'],
  'networking.k8s.io/v1': ['NetworkPolicy'],
};
/** What only the server writes: a manifest that sets it is wrong. */
const SERVERS_OWN = { status: true, managedFields: true };
const REFERENCE = '#/components/schemas/';

const download = ['mod', 'download', '-json', `k8s.io/kubernetes@${VERSION}`];
const { Dir } = JSON.parse(execFileSync('go', download, { encoding: 'utf8' }));
const definitions = {};
const kinds = {};
for (const [apiVersion, names] of Object.entries(KINDS)) {
  const file = apiVersion === 'v1' ? 'api__v1' : `apis__${apiVersion.replace('/', '__')}`;
  const { components } = JSON.parse(readFileSync(`${Dir}/api/openapi-spec/v3/${file}_openapi.json`, 'utf8'));
  for (const name of names)
    kinds[`${apiVersion} ${name}`] = keep(kindOf(components.schemas, apiVersion, name), components.schemas);
}

function kindOf(schemas, apiVersion, kind) {
  const [group, version] = apiVersion === 'v1' ? ['', 'v1'] : apiVersion.split('/');
  const found = Object.entries(schemas).find(
    ([, schema]) =>
      schema['x-kubernetes-group-version-kind']?.some(
        (each) => each.group === group && each.version === version && each.kind === kind,
      ) && schema.properties?.metadata?.allOf?.[0]?.$ref.endsWith('ObjectMeta'),
  );
  if (!found) throw new Error(`${VERSION} does not describe ${apiVersion} ${kind}`);
  return found[0];
}

/** Takes a definition and all it refers to; answers with its short name. */
function keep(name, schemas) {
  const short = name.replace(/^io\.k8s\.(api|apimachinery\.pkg(\.apis)?)\./, '');
  if (!(short in definitions)) {
    definitions[short] = {};
    definitions[short] = trimmed(schemas[name], schemas);
  }
  return short;
}

/** Without descriptions and defaults; an object allows the keys it describes and no others. */
function trimmed(schema, schemas) {
  if (schema.$ref) return { $ref: `#/$defs/${keep(schema.$ref.slice(REFERENCE.length), schemas)}` };
  if (schema.allOf?.length === 1) return trimmed(schema.allOf[0], schemas);
  const out = {};
  for (const field of ['type', 'enum', 'required']) if (schema[field]) out[field] = schema[field];
  if (schema.oneOf) out.oneOf = schema.oneOf.map((each) => trimmed(each, schemas));
  if (schema.items) out.items = trimmed(schema.items, schemas);
  if (schema.additionalProperties) out.additionalProperties = trimmed(schema.additionalProperties, schemas);
  if (schema.properties) {
    const own = Object.entries(schema.properties).filter(([key]) => !(key in SERVERS_OWN));
    out.properties = Object.fromEntries(own.map(([key, value]) => [key, trimmed(value, schemas)]));
    out.additionalProperties = false;
  }
  return out;
}

const sorted = (record) => Object.fromEntries(Object.entries(record).sort(([a], [b]) => (a < b ? -1 : 1)));
const result = {
  $comment: `Cut out of the API description of Kubernetes ${VERSION} (k8s.io/kubernetes, Apache-2.0) by extract-kubernetes.mjs`,
  kinds: sorted(kinds),
  $defs: sorted(definitions),
};
writeFileSync(new URL('kubernetes.json', import.meta.url), `${JSON.stringify(result, null, 2)}\n`);
