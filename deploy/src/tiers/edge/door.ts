import type { Image } from '../../model/images.ts';
import type { ServiceBuilder } from '../../model/service-builder.ts';
import type { EdgeFacts } from './facts.ts';

/** A kind of door: its image, and what it is given of configuration, command and probe. */
export interface Door {
  readonly image: Image;
  dress(builder: ServiceBuilder, facts: EdgeFacts): void;
}
