import { type Image, REGISTRY } from '../../model/images.ts';
import { literally, variable } from './interpolation.ts';

const VERSION = 'latest';

/** The image with its variables: `${MONGO_IMAGE:-mongo:7.0}`; ours by `LUCID_REGISTRY` and `LUCID_VERSION`. */
export function imageText(image: Image): string {
  if (image.ours)
    return `${variable('LUCID_REGISTRY', REGISTRY)}/${image.reference}:${variable('LUCID_VERSION', VERSION)}`;
  return image.variable === undefined
    ? literally(image.reference)
    : variable(image.variable, image.reference);
}

/** The model's name of an image. @param text with its fallbacks in place */
export function imageReference(text: string): string {
  const ours = text.startsWith(`${REGISTRY}/`) && text.endsWith(`:${VERSION}`);
  return ours ? text.slice(REGISTRY.length + 1, -VERSION.length - 1) : text;
}
