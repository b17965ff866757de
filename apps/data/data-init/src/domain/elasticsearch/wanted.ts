export interface ElasticsearchWanted {
  /** How many nodes must have joined. */
  readonly nodes: number;
  /** Beginning of all index names: `lucid`. */
  readonly prefix: string;
}

/** What is wrong with the login; empty when nothing is. */
export function elasticsearchProblems(user: string | undefined, password: string | undefined): string[] {
  return (user === undefined) === (password === undefined)
    ? []
    : ['ELASTICSEARCH_USERNAME and ELASTICSEARCH_PASSWORD belong together: one is missing'];
}

/** One copy beside the original as soon as there is a second node to hold it; a single node would stay yellow for it. */
export const replicaCount = ({ nodes }: ElasticsearchWanted): number => Math.min(nodes - 1, 1);
