import { definitionDir } from '../../src/images/content-key.ts';
import type { ImageDefinition } from '../../src/images/definition.ts';
import {
  addDocumentStore,
  documentStoreFolder,
  documentStoreInputs,
  whyNoDocumentStore,
} from '../../src/images/steps/document-store.ts';
import { goBinary } from '../../src/images/steps/go-binary.ts';

const POSTGRES = '/usr/lib/postgresql/18';

/** Compiled queries (LLVM) and extensions that DocumentDB does not use but which link to half of Debian. */
const UNUSED = ['bitcode', 'pgxs', 'postgis_raster-3.so', 'postgis_sfcgal-3.so', 'postgis_topology-3.so'];

/**
 * FerretDB on PostgreSQL with DocumentDB in one container that is started, given its first user, probed
 * (`lucid-ping`) and stopped like a single `mongo`. There is no `mongosh` in it and no replica set.
 */
export const mongo: ImageDefinition = {
  name: 'mongo',
  tag: 'ferretdb',
  standsFor: 'mongo:7.0 (one server)',
  variable: 'MONGO_IMAGE',
  source: { folder: documentStoreFolder },
  pick: [
    ...['initdb', 'postgres', 'psql', 'pg_isready'].map((name) => `${POSTGRES}/bin/${name}`),
    `${POSTGRES}/lib`,
    '/usr/share/postgresql/18',
    '/usr/share/zoneinfo',
    '/usr/lib/locale/C.utf8',
    '/usr/share/proj/proj.db',
  ],
  leaveOut: UNUSED.map((name) => `${POSTGRES}/lib/${name}`),
  // PostgreSQL knows who comes through its socket by this name.
  user: { name: 'postgres', uid: 999, gid: 999, home: '/data/db' },
  owned: ['/data/db', '/data/configdb'].map((path) => ({ path, uid: 999, gid: 999 })),
  links: { '/lucid-ping': 'usr/local/bin/lucid-ping' },
  run: {
    entrypoint: ['lucid-mongod'],
    command: ['mongod'],
    ports: [27017],
    volumes: ['/data/db', '/data/configdb'],
  },
  inputs: documentStoreInputs,
  whyNot: whyNoDocumentStore,
  async step(context) {
    await addDocumentStore(context);
    const module = definitionDir('mongo');
    await goBinary(context, module, './supervisor', 'usr/local/bin/lucid-mongod');
    await goBinary(context, module, './ping', 'usr/local/bin/lucid-ping');
  },
};
