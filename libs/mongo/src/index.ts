export { addNew } from './add-new.ts';
export {
  type CollectionDefinition,
  defineCollection,
  type IndexDefinition,
  openCollection,
} from './collection.ts';
export { isDuplicateKey } from './duplicate-key.ts';
export { openMongo } from './open-mongo.ts';
export { isWriteConflict } from './write-conflict.ts';
