export {
  type Catalogue,
  catalogue,
  type ErrorContext,
  type ErrorDefinition,
  type ErrorFactory,
} from './catalogue.ts';
export { commonErrors } from './common.ts';
export { type ErrorEnvelope, type Fault, ServiceError, wireCode } from './service-error.ts';
