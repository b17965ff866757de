import { DeployError } from '../errors.ts';

const failed = (code: string, message: string) => new DeployError(code, 1, message);

/** What can go wrong with an image, one line each; exit code 3 is "there is no engine to do it". */
export const imageErrors = {
  noEngine: (host: string, reason: string) =>
    new DeployError('no-docker-engine', 3, `no Docker engine answers at ${host} (${reason})`),
  noBundle: (app: string) =>
    failed(
      'no-bundle',
      `${app}/dist/main.js is not there: run \`nx run ${app.split('/').at(-1)}:build\` first`,
    ),
  noApp: (app: string) => new DeployError('no-such-app', 2, `${app} is no app: it has no src/main.ts`),
  noBase: (reference: string, reason: string) =>
    failed(
      'no-base-image',
      `BASE_IMAGE ${reference} is not on this machine and cannot be pulled (${reason})`,
    ),
  noOwnBase: (reason: string) => failed('no-own-base', `a base image cannot be made here: ${reason}`),
  buildFailed: (reference: string, reason: string) =>
    failed('image-build-failed', `${reference} could not be built: ${reason}`),
  engineFailed: (command: string, reason: string) => failed('docker-failed', `docker ${command}: ${reason}`),
} as const;
