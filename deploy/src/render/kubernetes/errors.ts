import { DeployError } from '../../errors.ts';

/** What goes wrong between the model and manifests. */
export const manifestErrors = {
  cannotRender: (what: string, why: string) =>
    new DeployError('cannot-render', 1, `${what} cannot be rendered: ${why}`),
  notUnderstood: (where: string, what: string) => new DeployError('not-understood', 1, `${where}: ${what}`),
} as const;
