import type { Service } from '../../model/types.ts';

/** A text of a service that people see in a process list or a container's description, and where it stands. */
export interface PlainText {
  readonly where: string;
  readonly text: string;
}

/** Words of the command and of a command probe, in their order. */
export function argumentsOf(service: Service): PlainText[] {
  const check = service.probe?.check;
  const probe = check?.kind === 'command' ? check.command : [];
  return [
    ...(service.command ?? []).map((text) => ({ where: 'its command', text })),
    ...probe.map((text) => ({ where: 'its probe', text })),
  ];
}

/** Everything written openly: variables, command, probe, mounted configuration. */
export function plainTextsOf(service: Service): PlainText[] {
  return [
    ...Object.entries(service.env).map(([name, text]) => ({ where: name, text })),
    ...argumentsOf(service),
    ...service.configs.map(({ name, content }) => ({ where: name, text: content })),
  ];
}
