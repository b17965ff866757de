import type { Target } from '../renderer.ts';
import { parse } from './read/parse.ts';
import { render } from './write/render.ts';

/** Manifests for `kubectl apply -k`: no registry, no cloud and no operator is taken for granted. */
export const kubernetes: Target = { name: 'kubernetes', render, parse };
