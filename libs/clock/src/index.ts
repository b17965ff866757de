export { type Clock, isoTime, systemClock } from './clock.ts';
export { type Random, seededRandom, systemRandom } from './random.ts';
export { type RepeatOptions, repeat } from './repeat.ts';
