import { secretObjectName } from '../../render/kubernetes/names.ts';

/** Every secret as an object of the cluster, for `kubectl apply` on its standard input: never in a file or an argument. */
export function secretObjects(contents: ReadonlyMap<string, string>, namespace: string): string {
  const items = [...contents].map(([name, content]) => ({
    apiVersion: 'v1',
    kind: 'Secret',
    metadata: {
      name: secretObjectName(name),
      namespace,
      labels: { 'app.kubernetes.io/part-of': 'lucid' },
    },
    type: 'Opaque',
    data: { value: Buffer.from(content).toString('base64') },
  }));
  return JSON.stringify({ apiVersion: 'v1', kind: 'List', items });
}
