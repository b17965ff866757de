import type { Service } from '../model/types.ts';
import { plainTextsOf } from './facts/texts.ts';
import type { Rule } from './rule.ts';

/** Whoever writes to one of these is root on the machine. */
const CONTROL =
  /(?:docker|containerd|podman|crio)[\w.-]*\.sock$|^\/(?:var\/)?run$|^\/(?:etc|root|var\/lib\/docker|var)?$/;
/** Switches that let anybody steer a part. */
const OPEN_DOORS: readonly { readonly pattern: RegExp; readonly what: string }[] = [
  {
    pattern: /^--api\.insecure(?:=true)?$|^api:\s*\n(?:\s+.*\n)*?\s+insecure:\s*true\b/m,
    what: 'api.insecure',
  },
  {
    pattern: /^--web\.enable-(?:lifecycle|admin-api)(?:=true)?$/m,
    what: 'web.enable-lifecycle or -admin-api',
  },
  { pattern: /--privileged\b/, what: '--privileged' },
];

export const hostAccess: Rule = {
  name: 'host-access',
  because: 'a part that can steer its engine, or be steered by anybody, owns the whole machine',
  check: ({ services }) => services.flatMap((service) => [...sockets(service), ...openDoors(service)]),
};

function sockets({ name, hostMounts }: Service): string[] {
  return hostMounts
    .filter(({ hostPath }) => CONTROL.test(hostPath))
    .map(({ hostPath }) => `${name} mounts ${hostPath} of the host`);
}

function openDoors(service: Service): string[] {
  return OPEN_DOORS.filter(({ pattern }) => plainTextsOf(service).some(({ text }) => pattern.test(text))).map(
    ({ what }) => `${service.name} can be steered by anybody: ${what}`,
  );
}
