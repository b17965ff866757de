/** Where a call came from, for the audit trail and the list of login sessions. */
export interface Origin {
  ipAddress: string;
  /** At most 500 characters. */
  userAgent: string;
  requestId: string;
}
