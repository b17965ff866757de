import type { Discovery } from '@lucid/discovery';
import type { HttpClient } from '@lucid/http-client';
import type { UpstreamView } from '../gateway.ts';

/** Asks discovery for every service, called yet or not, and the http client for its breakers. */
export async function upstreamViews(
  baseUrls: Readonly<Record<string, string>>,
  { discovery, http }: { discovery: Discovery; http: HttpClient },
): Promise<UpstreamView[]> {
  const called = new Map(http.upstreams().map((upstream) => [upstream.service, upstream]));
  return Promise.all(
    Object.entries(baseUrls).map(async ([service, baseUrl]) => {
      const { hostname, port } = new URL(baseUrl);
      const circuit = called.get(hostname)?.circuit ?? 'closed';
      const instances = await countInstances(discovery, hostname, Number(port) || 80);
      return { service, instances, healthy: instances > 0 && circuit !== 'open', circuit };
    }),
  );
}

async function countInstances(discovery: Discovery, host: string, port: number): Promise<number> {
  try {
    return (await discovery.resolve(host, port)).length;
  } catch {
    return 0; // the name never resolved: there is no instance to call
  }
}
