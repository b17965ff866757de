export type { Circuit } from './circuit-breaker.ts';
export {
  createHttpClient,
  type HttpClient,
  type HttpClientOptions,
  type UpstreamStatus,
} from './http-client.ts';
export type { HttpBody, HttpRequest, HttpResponse } from './http-request.ts';
export { upstreamMetrics } from './metrics.ts';
