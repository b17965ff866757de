import type { Store } from '../../model/store.ts';
import type { Service, System } from '../../model/types.ts';
import { plainTextsOf } from './texts.ts';

/** The services a store is made of; names that are not declared are another rule's matter. */
export function membersOf(system: System, store: Store): Service[] {
  return system.services.filter(({ name }) => store.members.includes(name));
}

/** Command and mounted configuration as one text, files made of secrets included. */
export function settingsText(service: Service): string {
  const words = (service.command ?? []).join(' ');
  const open = plainTextsOf(service).map(({ text }) => text);
  const secret = service.secretFiles.map(({ template }) => template);
  return [words, ...open, ...secret].join('\n');
}

/** What a store lacks to be set up by itself: a job that is there and starts after all members. */
export function unprepared(system: System, store: Store, what: string): string[] {
  const [first] = store.initialisedBy;
  if (first === undefined) return [`${store.name} is ${what}, but no job makes it one`];
  return store.initialisedBy.flatMap((name) => {
    const job = system.services.find((service) => service.name === name);
    if (!job) return [];
    const early = store.members.filter((member) => !job.startsAfter.includes(member));
    return early.map((member) => `${name} sets up ${store.name} without waiting for ${member}`);
  });
}
