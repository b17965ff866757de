import type { ContainerService } from '../../container-system.ts';
import type { Kustomization } from '../manifest/kustomization.ts';
import { imageReference, secretObjectName, splitReference } from '../names.ts';
import type { Plan } from './plan.ts';

/** The list `kubectl apply -k` applies, and every image once, to be replaced in one place. */
export function kustomizationOf(files: readonly string[], among: readonly ContainerService[]): Kustomization {
  const references = [...new Set(among.map(({ service }) => imageReference(service.image)))].sort();
  return {
    apiVersion: 'kustomize.config.k8s.io/v1beta1',
    kind: 'Kustomization',
    resources: [...files],
    images: references.map(splitReference).map(({ name, tag }) => ({ name, newName: name, newTag: tag })),
  };
}

/** What a person needs to know before applying it. */
export function instructions(plan: Plan, profile: string, among: readonly ContainerService[]): string[] {
  const { name } = plan.system;
  const secrets = [...new Set(among.flatMap((each) => each.secrets))].sort();
  return [
    `${name} on Kubernetes, profile ${profile}. Generated from the model: change that, not this.`,
    '',
    'Apply with `kubectl apply -k <this folder>`, or `deploy up --engine=kubernetes`, which makes the Secrets too.',
    'Images: give another registry or tag below (newName, newTag), or in a kustomization of your own on top of this.',
    'Volumes take the default storage class. Network policies need a network plugin that enforces them; probes come',
    'from the node itself, which plugins let through.',
    '',
    ...(plan.autoscaled
      ? ['The HorizontalPodAutoscalers read processor and memory use from the metrics server: install one.']
      : ['Replicas are fixed in this profile; `autoscale` is the one that has HorizontalPodAutoscalers.']),
    '',
    'Secrets are mounted, never written here. Each must exist with its content under the key `value`:',
    `  kubectl create secret generic NAME --namespace=${name} --from-file=value=FILE`,
    ...secrets.map((secret) => `  ${secretObjectName(secret)} -> /run/secrets/${secret}`),
  ];
}

/** What is different about the parts that are drawn but not built. */
export function plannedInstructions(plan: Plan, among: readonly ContainerService[]): string[] {
  const secrets = [...new Set(among.flatMap((each) => each.secrets))].sort();
  const hosts = among
    .filter(({ service }) => service.hostMounts.length > 0)
    .map(({ service }) => service.name);
  return [
    'Parts whose code is not written yet, and the connections between them and the others. Not applied with the rest.',
    ...(hosts.length > 0
      ? [
          `${hosts.join(', ')} would see folders of the host, which the namespace's security level forbids.`,
          `Allow it first: kubectl label namespace ${plan.system.name} pod-security.kubernetes.io/enforce=privileged --overwrite`,
        ]
      : []),
    'Secrets that must exist:',
    ...secrets.map((secret) => `  ${secretObjectName(secret)} -> /run/secrets/${secret}`),
  ];
}
