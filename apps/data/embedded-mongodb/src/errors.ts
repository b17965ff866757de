/**
 * The errors this server answers with: MongoDB's own codes and names, so that drivers and callers react as they would to a
 * MongoDB. Source of the numbers: mongo/src/mongo/base/error_codes.yml.
 */
export class CommandError extends Error {
  override readonly name = 'CommandError';
  readonly code: number;
  readonly codeName: string;
  /** Further fields of the error document (`keyPattern`, `keyValue`, `errorLabels`). */
  readonly extra: Record<string, unknown>;

  constructor(code: number, codeName: string, message: string, extra: Record<string, unknown> = {}) {
    super(message);
    this.code = code;
    this.codeName = codeName;
    this.extra = extra;
  }
}

const kind =
  (code: number, codeName: string) =>
  (message: string, extra?: Record<string, unknown>): CommandError =>
    new CommandError(code, codeName, message, extra);

export const errors = {
  internal: kind(1, 'InternalError'),
  badValue: kind(2, 'BadValue'),
  graphContainsCycle: kind(5, 'GraphContainsCycle'),
  failedToParse: kind(9, 'FailedToParse'),
  unauthorized: kind(13, 'Unauthorized'),
  typeMismatch: kind(14, 'TypeMismatch'),
  invalidLength: kind(16, 'InvalidLength'),
  protocolError: kind(17, 'ProtocolError'),
  authenticationFailed: kind(18, 'AuthenticationFailed'),
  illegalOperation: kind(20, 'IllegalOperation'),
  invalidBson: kind(22, 'InvalidBSON'),
  namespaceNotFound: kind(26, 'NamespaceNotFound'),
  indexNotFound: kind(27, 'IndexNotFound'),
  pathNotViable: kind(28, 'PathNotViable'),
  maxTimeMsExpired: kind(50, 'MaxTimeMSExpired'),
  conflictingUpdateOperators: kind(40, 'ConflictingUpdateOperators'),
  cursorNotFound: kind(43, 'CursorNotFound'),
  namespaceExists: kind(48, 'NamespaceExists'),
  dollarPrefixedFieldName: kind(52, 'DollarPrefixedFieldName'),
  invalidIdField: kind(53, 'InvalidIdField'),
  emptyFieldName: kind(56, 'EmptyFieldName'),
  commandNotFound: kind(59, 'CommandNotFound'),
  immutableField: kind(66, 'ImmutableField'),
  cannotCreateIndex: kind(67, 'CannotCreateIndex'),
  invalidOptions: kind(72, 'InvalidOptions'),
  invalidNamespace: kind(73, 'InvalidNamespace'),
  indexOptionsConflict: kind(85, 'IndexOptionsConflict'),
  indexKeySpecsConflict: kind(86, 'IndexKeySpecsConflict'),
  documentValidationFailure: kind(121, 'DocumentValidationFailure'),
  invalidPipelineOperator: kind(168, 'InvalidPipelineOperator'),
  cannotIndexParallelArrays: kind(171, 'CannotIndexParallelArrays'),
  invalidIndexSpecificationOption: kind(197, 'InvalidIndexSpecificationOption'),
  transactionTooOld: kind(225, 'TransactionTooOld'),
  notImplemented: kind(238, 'NotImplemented'),
  operationNotSupportedInTransaction: kind(263, 'OperationNotSupportedInTransaction'),
  bsonObjectTooLarge: kind(10334, 'BSONObjectTooLarge'),
  duplicateKey: kind(11000, 'DuplicateKey'),
  outOfDiskSpace: kind(14031, 'OutOfDiskSpace'),
  /** For the numbered assertions MongoDB has no name for: it calls them `Location<code>`. */
  location: (code: number, message: string) => new CommandError(code, `Location${code}`, message),
  unknownField: (command: string, field: string) =>
    new CommandError(40415, 'Location40415', `BSON field '${command}.${field}' is an unknown field.`),
  missingField: (command: string, field: string) =>
    new CommandError(
      40414,
      'Location40414',
      `BSON field '${command}.${field}' is missing but a required field`,
    ),
} as const;
