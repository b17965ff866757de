import type { Rule } from './rule.ts';

export const pinnedImages: Rule = {
  name: 'pinned-images',
  because: 'an image without a version is another one tomorrow, and there is nothing to go back to',
  check: ({ services }) =>
    services
      .filter(({ image }) => !image.ours && !isPinned(image.reference))
      .map(({ name, image }) => `${name} takes ${image.reference}, whatever that is today`),
};

/** Has a digest, or a tag with a number in it: `latest`, `alpine` and `stable` are no versions. */
function isPinned(reference: string): boolean {
  const last = reference.split('/').at(-1) ?? '';
  const [, tag] = /:([^@]+)/.exec(last) ?? [];
  return last.includes('@sha256:') || (tag !== undefined && /\d/.test(tag));
}
