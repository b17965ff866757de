export { sessionLikeBytes } from './session-like-bytes.ts';
