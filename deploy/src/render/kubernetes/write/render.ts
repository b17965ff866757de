import type { System } from '../../../model/types.ts';
import type { ContainerService } from '../../container-system.ts';
import type { Rendering } from '../../renderer.ts';
import { PLANNED } from '../names.ts';
import { aliasServicesOf, headlessServiceOf, publishedServicesOf } from './addresses.ts';
import { autoscalerOf, budgetOf, storeBudgetsOf } from './autoscaler.ts';
import { configMapsOf } from './configs.ts';
import { instructions, kustomizationOf, plannedInstructions } from './kustomization.ts';
import { metadataOf } from './labels.ts';
import { lossesOf } from './losses.ts';
import { namespaceOf } from './namespace.ts';
import { commonPolicies, doorPolicies, flowPolicies, uplinkPolicies } from './network-policies.ts';
import { notesOf } from './notes.ts';
import { type Plan, planOf } from './plan.ts';
import { claimsOf, workloadOf } from './workload.ts';
import { yamlText } from './yaml-text.ts';

/** Writes a composed system as manifests and one list of them, and the planned parts as a second such set. */
export function render(system: System, options: { readonly profile: string }): Rendering {
  const plan = planOf(system, options.profile);
  const built = plan.services.filter(({ service }) => service.status === 'built');
  const planned = plan.services.filter(({ service }) => service.status === 'planned');
  const files = new Map(
    folder(plan, built, instructions(plan, options.profile, built), [
      ['namespace.yaml', [namespaceOf(plan, built)]],
      ['network-policies.yaml', policiesOf(plan, built, false)],
    ]),
  );
  const rest = folder(plan, planned, plannedInstructions(plan, planned), [
    ['network-policies.yaml', policiesOf(plan, planned, true)],
  ]);
  if (planned.length > 0) for (const [path, text] of rest) files.set(`${PLANNED}${path}`, text);
  return { files, losses: lossesOf(plan) };
}

type Objects = [path: string, objects: readonly object[], comment?: readonly string[]];

/** Files that are applied together, and the list of them. */
function folder(
  plan: Plan,
  services: readonly ContainerService[],
  comment: readonly string[],
  first: readonly Objects[],
): [path: string, text: string][] {
  const all: Objects[] = [
    ...first,
    ['configs.yaml', configMapsOf(plan, services)],
    ['aliases.yaml', aliasServicesOf(plan, services)],
    ['disruption-budgets.yaml', storeBudgetsOf(plan, services)],
    ...services.map(
      (each): Objects => [`services/${each.service.name}.yaml`, objectsOf(plan, each), notesOf(plan, each)],
    ),
  ];
  const written = all.filter(([, objects]) => objects.length > 0);
  const list = kustomizationOf(
    written.map(([path]) => path),
    services,
  );
  return [
    ['kustomization.yaml', yamlText([list], comment)],
    ...written.map(([path, objects, notes]): [string, string] => [
      path,
      yamlText(objects, notes ?? commentOf(path)),
    ]),
  ];
}

function objectsOf(plan: Plan, lowered: ContainerService): object[] {
  const account = {
    apiVersion: 'v1',
    kind: 'ServiceAccount',
    metadata: metadataOf(plan.system, lowered.service),
    automountServiceAccountToken: false,
  };
  return [
    account,
    ...claimsOf(plan, lowered),
    ...headlessServiceOf(plan, lowered),
    ...publishedServicesOf(plan, lowered),
    workloadOf(plan, lowered),
    ...autoscalerOf(plan, lowered),
    ...budgetOf(plan, lowered),
  ];
}

function policiesOf(plan: Plan, services: readonly ContainerService[], planned: boolean): object[] {
  const networks = new Set(services.flatMap(({ service }) => service.networks));
  const uplinks = uplinkPolicies(plan).filter(({ metadata }) => networks.has(metadata.name));
  return [
    ...(planned ? [] : commonPolicies(plan)),
    ...flowPolicies(plan, planned),
    ...services.flatMap((each) => doorPolicies(plan, each)),
    ...uplinks,
  ];
}

/** Why a file is as it is, where its objects do not say so themselves. */
function commentOf(path: string): string[] {
  switch (path) {
    case 'network-policies.yaml':
      return [
        'All is closed; then every connection of the model is opened at both of its ends. Labels stand for networks.',
        'The way out leads to public addresses alone: the cluster and the cloud beneath it are not to be reached by it.',
      ];
    case 'configs.yaml':
      return [
        'Names end in the hash of the content: a change is a new object, and pods that mount it roll over.',
      ];
    case 'disruption-budgets.yaml':
      return ['Members of one store: whoever empties nodes takes one at a time.'];
    default:
      return ['Generated from the model: change that, not this.'];
  }
}
