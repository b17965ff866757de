import { type Fault, ServiceError } from './service-error.ts';

/** One line of a catalogue. `when` is what docs/errors.md says about it. */
export interface ErrorDefinition {
  /** Globally unique; the first two digits are the range (see docs/errors.md). */
  code: number;
  status: number;
  fault: Fault;
  /** @default false */
  retry?: boolean;
  message: string;
  when: string;
}

export interface ErrorContext {
  /** Shown to the caller. Never a secret, never an upstream's raw text. */
  details?: Record<string, unknown>;
  /** Replaces the standard message where a more exact sentence helps. */
  message?: string;
  headers?: Record<string, string>;
  cause?: unknown;
}

export type ErrorFactory = ((context?: ErrorContext) => ServiceError) & ErrorDefinition;

export type Catalogue<Keys extends string = string> = { readonly [Key in Keys]: ErrorFactory };

/**
 * Declares the errors a module may answer with.
 * @example throw errors.SESSION_NOT_FOUND({ details: { session_id } });
 */
export function catalogue<const Definitions extends Record<string, ErrorDefinition>>(
  definitions: Definitions,
): Catalogue<Extract<keyof Definitions, string>> {
  const entries = Object.entries(definitions).map(([key, definition]) => {
    const factory = (context: ErrorContext = {}): ServiceError =>
      new ServiceError({
        key,
        code: definition.code,
        status: definition.status,
        fault: definition.fault,
        retry: definition.retry ?? false,
        message: context.message ?? definition.message,
        details: context.details,
        headers: context.headers,
        cause: context.cause,
      });
    return [key, Object.assign(factory, definition)] as const;
  });
  return Object.freeze(Object.fromEntries(entries)) as Catalogue<Extract<keyof Definitions, string>>;
}
