import { type Static, Type } from 'typebox';
import { maybe, strict, text, texts } from './strict.ts';

/** The file `kubectl apply -k` reads. It is no object of the cluster, so it has no metadata. */
export const Kustomization = strict({
  apiVersion: Type.Literal('kustomize.config.k8s.io/v1beta1'),
  kind: Type.Literal('Kustomization'),
  resources: texts,
  images: maybe(Type.Array(strict({ name: text, newName: text, newTag: text }))),
});
export type Kustomization = Static<typeof Kustomization>;
