/** Who has to act: the caller, this system, or a system behind it. */
export type Fault = 'user' | 'system' | 'upstream';

export interface ErrorEnvelope {
  error: {
    code: string;
    message: string;
    details?: Record<string, unknown>;
    request_id: string;
    timestamp: string;
    service: string;
    version: string;
  };
}

/** `7001` → `LUCID_ERR_7001`. */
export const wireCode = (code: number): string => `LUCID_ERR_${String(code).padStart(4, '0')}`;

/** An error the caller is told about. Everything else that is thrown becomes 5001 and is only logged. */
export class ServiceError extends Error {
  override readonly name = 'ServiceError';
  readonly key: string;
  readonly code: number;
  readonly status: number;
  readonly fault: Fault;
  /** True when the same request may succeed later. */
  readonly retry: boolean;
  readonly details: Record<string, unknown> | undefined;
  /** Response headers that belong to this error (`retry-after`, `x-owner-address`). */
  readonly headers: Record<string, string>;

  constructor(init: {
    key: string;
    code: number;
    status: number;
    fault: Fault;
    retry: boolean;
    message: string;
    details?: Record<string, unknown> | undefined;
    headers?: Record<string, string> | undefined;
    cause?: unknown;
  }) {
    super(init.message, init.cause === undefined ? undefined : { cause: init.cause });
    this.key = init.key;
    this.code = init.code;
    this.status = init.status;
    this.fault = init.fault;
    this.retry = init.retry;
    this.details = init.details;
    this.headers = init.headers ?? {};
  }

  toEnvelope(about: { requestId: string; timestamp: string; service: string }): ErrorEnvelope {
    return {
      error: {
        code: wireCode(this.code),
        message: this.message,
        ...(this.details ? { details: this.details } : {}),
        request_id: about.requestId,
        timestamp: about.timestamp,
        service: about.service,
        version: 'v1',
      },
    };
  }
}
