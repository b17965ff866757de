import type {
  Collection,
  CreateIndexesOptions,
  Db,
  Document,
  IndexDescription,
  IndexSpecification,
} from 'mongodb';

export interface IndexDefinition extends CreateIndexesOptions {
  key: IndexSpecification;
}

/** A collection with its indexes; exactly one service declares each. */
export interface CollectionDefinition<Shape extends Document> {
  name: string;
  indexes: readonly IndexDefinition[];
  /** Never set; carries the document type. */
  readonly shape?: Shape;
}

export const defineCollection = <Shape extends Document>(
  name: string,
  indexes: readonly IndexDefinition[],
): CollectionDefinition<Shape> => ({ name, indexes });

/** Creates what is missing of the indexes (running it twice changes nothing) and returns the collection. */
export async function openCollection<Shape extends Document>(
  database: Db,
  definition: CollectionDefinition<Shape>,
): Promise<Collection<Shape>> {
  const collection = database.collection<Shape>(definition.name);
  if (definition.indexes.length > 0)
    await collection.createIndexes(definition.indexes as unknown as IndexDescription[]);
  return collection;
}
