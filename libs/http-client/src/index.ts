export type { Circuit } from './circuit-breaker.ts';
export {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  type UpstreamStatus,
} from './http-client.ts';
export type { HttpRequest, HttpResponse } from './http-request.ts';
export { upstreamMetrics } from './metrics.ts';
export type { ResponseBody } from './response-body.ts';
