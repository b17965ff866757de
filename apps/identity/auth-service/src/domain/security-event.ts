export type SecurityEventType =
  | 'registered'
  | 'login'
  | 'login_failed'
  | 'account_locked'
  | 'refresh_reused'
  | 'logout'
  | 'super_admin_bootstrapped';

/** An entry of the audit trail. Details never hold a password, token or secret. */
export interface SecurityEvent {
  type: SecurityEventType;
  severity: 'info' | 'warn' | 'critical';
  success: boolean;
  userId?: string;
  details?: Record<string, unknown>;
}
