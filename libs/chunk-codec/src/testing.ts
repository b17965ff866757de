export { messageKeyOf } from './decode-chunk.ts';
export { sessionLikeBytes } from './session-like-bytes.ts';
