import { debian12, type ImageDefinition } from '../../src/images/definition.ts';

/** elasticsearch_exporter 1.5 of Debian under the official name. */
export const elasticsearchExporter: ImageDefinition = {
  name: 'elasticsearch-exporter',
  tag: '1.5',
  standsFor: 'quay.io/prometheuscommunity/elasticsearch-exporter:v1.7.0',
  variable: 'ELASTICSEARCH_EXPORTER_IMAGE',
  source: debian12('prometheus-elasticsearch-exporter=1.5.*'),
  pick: ['/usr/bin/prometheus-elasticsearch-exporter'],
  links: { '/usr/bin/elasticsearch_exporter': 'prometheus-elasticsearch-exporter' },
  run: { entrypoint: ['/bin/elasticsearch_exporter'], user: 'nobody', ports: [9114] },
};
