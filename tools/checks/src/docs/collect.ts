/**
 * Loads what the services declare about themselves. The generated pages and the check of the error codes read this and
 * nothing else, so what they say is what the code does.
 */
import { serviceRoots, speaksOtherProtocol } from '../support/paths.ts';
import type { Workspace } from '../workspace.ts';

export interface ErrorEntry {
  readonly key: string;
  readonly code: number;
  readonly status: number;
  readonly fault: string;
  readonly retry: boolean;
  readonly message: string;
  readonly when: string;
}

export interface VariableEntry {
  readonly name: string;
  readonly doc: string;
  readonly type: string;
  readonly secret: boolean;
  readonly required: boolean;
  readonly defaultText?: string;
}

export interface MetricEntry {
  readonly name: string;
  readonly kind: string;
  readonly help: string;
  readonly labels: readonly string[];
}

export interface Declared<Entry> {
  /** File that declares it. */
  readonly file: string;
  /** Heading on the page. */
  readonly title: string;
  readonly entries: readonly Entry[];
}

/** Error catalogues: the common one first, then those of libraries and services by folder. */
export async function collectErrors(workspace: Workspace): Promise<Declared<ErrorEntry>[]> {
  const common = await exported(workspace, 'libs/errors/src/index.ts', 'commonErrors');
  const own = (await eachOwn(workspace, 'errors', 'errors')).filter(({ file }) => !speaksOtherProtocol(file));
  const foreign = own.find(({ value }) => !isCatalogue(value));
  if (foreign) throw new Error(`${foreign.file}: \`errors\` is not made by catalogue() of @lucid/errors`);
  const shared =
    common === undefined
      ? []
      : [{ file: 'libs/errors/src/common.ts', title: 'Every service', value: common }];
  return [...shared, ...own].map(({ file, title, value }) => ({
    file,
    title,
    entries: Object.entries(value as Record<string, Omit<ErrorEntry, 'key'>>)
      .filter(([key]) => file.startsWith('libs/errors/') || !(key in ((common ?? {}) as object)))
      .map(([key, entry]) => ({ ...pick(entry), key })),
  }));
}

function isCatalogue(value: unknown): value is Record<string, Omit<ErrorEntry, 'key'>> {
  const entries = Object.values((value ?? {}) as Record<string, Partial<ErrorEntry> | undefined>);
  return entries.every((it) => typeof it?.code === 'number' && typeof it.when === 'string');
}

const pick = ({
  code,
  status,
  fault,
  retry,
  message,
  when,
}: Omit<ErrorEntry, 'key'>): Omit<ErrorEntry, 'key'> => ({
  code,
  status,
  fault,
  retry: retry ?? false,
  message,
  when,
});

/** Variables of each service, titled with the name it has in DNS. */
export async function collectConfig(workspace: Workspace): Promise<Declared<VariableEntry>[]> {
  const found = await eachOwn(workspace, 'config', 'config', serviceRoots(workspace));
  return found.map(({ file, value }) => {
    const { service, variables } = value as {
      service: string;
      variables: Record<string, Omit<VariableEntry, 'name'>>;
    };
    return {
      file,
      title: service,
      entries: Object.entries(variables).map(([name, it]) => ({ ...it, name })),
    };
  });
}

/** Variables that services take over from `libs/config` in one go, by heading. */
export async function collectSharedConfig(workspace: Workspace): Promise<Declared<VariableEntry>[]> {
  const door = 'libs/config/src/index.ts';
  if (!workspace.files.includes(door)) return [];
  const exports = await workspace.load(door);
  return sharedGroups.map(([title, name]) => {
    const make = exports[name] as (
      service: string,
      port: number,
    ) => Record<string, Omit<VariableEntry, 'name'>>;
    const other = make('other', 2);
    const entries = Object.entries(make('one', 1)).map(([key, it]) => {
      const isFixed = other[key]?.defaultText === it.defaultText;
      return { ...it, name: key, ...(isFixed ? {} : { defaultText: perService }) };
    });
    return { file: door, title, entries };
  });
}

/** Shown instead of a default that each service has its own of. */
export const perService = 'per service';

const sharedGroups = [
  ['Every service', 'baseVariables'],
  ['Services that call others or are called', 'meshVariables'],
  ['Services that keep state in MongoDB', 'mongoVariables'],
] as const;

/** Metrics every service has, then those of libraries and services by folder. */
export async function collectMetrics(workspace: Workspace): Promise<Declared<MetricEntry>[]> {
  const base = await exported(workspace, 'libs/metrics/src/index.ts', 'baseMetrics');
  const shared =
    base === undefined
      ? []
      : [{ file: 'libs/metrics/src/base-metrics.ts', title: 'Every service', value: base }];
  const own = await eachOwn(workspace, 'metrics', 'metrics');
  return [...shared, ...own].map(({ file, title, value }) => {
    const { definitions } = value as {
      definitions: Record<string, { kind: string; help: string; labels?: string[] }>;
    };
    const entries = Object.entries(definitions).map(([name, it]) => ({
      ...it,
      name,
      labels: it.labels ?? [],
    }));
    return { file, title, entries };
  });
}

/** Contracts that `libs/contracts` exports, with the function that turns one into OpenAPI. */
export async function collectApis(
  workspace: Workspace,
): Promise<Array<{ service: string; document: unknown }>> {
  const door = 'libs/contracts/src/index.ts';
  if (!workspace.files.includes(door)) return [];
  const exports = await workspace.load(door);
  const openApi = exports.openApi as (contract: unknown) => unknown;
  const contracts = new Set(Object.values(exports).filter(isContract));
  return [...contracts]
    .map((contract) => ({ service: contract.service, document: openApi(contract) }))
    .sort((one, other) => (one.service < other.service ? -1 : 1));
}

function isContract(value: unknown): value is { service: string } {
  return typeof value === 'object' && value !== null && 'service' in value && 'endpoints' in value;
}

interface Own {
  readonly file: string;
  readonly title: string;
  readonly value: unknown;
}

/** `export const <name>` of every `src/<module>.ts` in apps and libs. */
async function eachOwn(
  workspace: Workspace,
  module: string,
  name: string,
  roots?: readonly string[],
): Promise<Own[]> {
  const pattern = new RegExp(`^((apps/[^/]+|libs)/[^/]+)/src/${module}\\.ts$`);
  const files = workspace.files.filter((file) => {
    const root = pattern.exec(file)?.[1];
    return root !== undefined && (roots === undefined || roots.includes(root));
  });
  const found = await Promise.all(
    files.map(async (file) => ({
      file,
      title: file.split('/src/')[0]?.split('/').at(-1) ?? file,
      value: await exported(workspace, file, name),
    })),
  );
  return found.filter(({ value }) => value !== undefined);
}

async function exported(workspace: Workspace, file: string, name: string): Promise<unknown> {
  return workspace.files.includes(file) ? (await workspace.load(file))[name] : undefined;
}
