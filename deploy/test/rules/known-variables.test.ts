import { describe, expect, it } from 'vitest';
import { environmentOf } from '../../src/model/environment.ts';
import type { Service } from '../../src/model/types.ts';
import { composeSystem } from '../../src/profiles/compose-system.ts';
import { profiles } from '../../src/profiles/index.ts';
import { announcedVariables } from '../../src/rules/announced-variables.ts';
import { knownVariables, variablesOfPage } from '../../src/rules/facts/known-variables.ts';
import { noticesOf } from '../../src/rules/notices.ts';
import { system } from '../../src/system.ts';

const PAGE = `# Configuration

## Every service

| variable | type |
| --- | --- |
| \`PORT\` | integer |

## lucid-one

Listens on port 1. Takes the variables of [every service](#every-service).

| variable | type |
| --- | --- |
| \`OWN_URL\` | url |

## lucid-two

| variable | type |
| --- | --- |
| \`OTHER\` | text |
`;

describe('the variables a service reads', () => {
  it('are its own and those of the groups it takes over', () => {
    const known = variablesOfPage(PAGE);
    expect([...(known.get('lucid-one') ?? [])].sort()).toEqual(['OWN_URL', 'PORT']);
    expect([...(known.get('lucid-two') ?? [])]).toEqual(['OTHER']);
  });

  it('are not guessed when a group is missing', () => {
    expect(() => variablesOfPage(PAGE.replace('#every-service', '#gone'))).toThrow('has no section #gone');
  });

  it('are on the page for every built part of ours', () => {
    const read = (name: string) => knownVariables().get(name)?.has('LOG_LEVEL');
    const parts = system.services.filter(
      ({ status, image, kind }) => status === 'built' && image.ours && kind !== 'job',
    );
    expect(parts.map(({ name }) => name).filter((name) => !read(name))).toEqual([]);
  });

  it('are those of the schema for jobs too, which are on no page', async () => {
    const jobs = Object.values(profiles)
      .map((profile) => composeSystem(system, profile))
      .flatMap((composed) =>
        composed.services.filter(({ kind }) => kind === 'job').map((job) => ({ composed, job })),
      );
    expect(jobs.length).toBeGreaterThan(0);
    for (const { composed, job } of jobs) {
      const known = await schemaOf(job);
      for (const { name } of environmentOf(composed, job)) expect(known, job.name).toContain(name);
    }
  });
});

describe('an announced variable', () => {
  it.each(announcedVariables)(
    '$variable of $service is handed out by a profile, and noticed there',
    (each) => {
      const noticed = Object.values(profiles).filter((profile) =>
        noticesOf(composeSystem(system, profile)).some((notice) =>
          notice.startsWith(`${each.service} is given ${each.variable},`),
        ),
      );
      expect(noticed).not.toEqual([]);
    },
  );
});

/** An app is imported by its folder, as nothing of `deploy` may depend on one. */
async function schemaOf({ app }: Service): Promise<string[]> {
  const path = new URL(`../../../${app}/src/config.ts`, import.meta.url).href;
  const { config } = (await import(path)) as { config: { variables: Record<string, unknown> } };
  return Object.keys(config.variables);
}
