import type { Check, Finding } from '../check.ts';

const file = 'package-lock.json';

interface Entry {
  resolved?: string;
  integrity?: string;
  link?: boolean;
  inBundle?: boolean;
  extraneous?: boolean;
}

export const lockfile: Check = {
  name: 'lockfile',
  rule: 'the lock names no download host (any registry serves it) and pins every package by its hash',
  run: (workspace) => {
    const text = workspace.read(file);
    const { packages = {} } = JSON.parse(text) as { packages?: Record<string, Entry> };
    return Object.entries(packages).flatMap(([path, entry]) => problems(text, path, entry));
  },
};

function problems(text: string, path: string, entry: Entry): Finding[] {
  if (!path.includes('node_modules/') || entry.link || entry.inBundle) return [];
  const line = text.slice(0, Math.max(0, text.indexOf(`"${path}"`))).split('\n').length;
  const reasons = [
    entry.resolved === undefined
      ? []
      : [`${path} is bound to ${hostOf(entry.resolved)}: npm install --omit-lockfile-registry-resolved`],
    entry.integrity?.startsWith('sha512-') ? [] : [`${path} has no sha512 integrity`],
    entry.extraneous ? [`${path} is extraneous`] : [],
  ];
  return reasons.flat().map((reason) => ({ file, line, reason }));
}

const hostOf = (url: string): string => (URL.canParse(url) ? new URL(url).host || url : url);
