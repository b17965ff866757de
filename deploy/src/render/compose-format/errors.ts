import { DeployError } from '../../errors.ts';

/** What goes wrong between the model and files of the Compose format. */
export const formatErrors = {
  cannotRender: (service: string, why: string) =>
    new DeployError('cannot-render', 1, `${service} cannot be rendered: ${why}`),
  notUnderstood: (where: string, what: string) => new DeployError('not-understood', 1, `${where}: ${what}`),
} as const;
