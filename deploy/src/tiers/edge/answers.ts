/** What the door says itself, in the envelope of all services. Codes and messages are those of the common catalogue. */
export const EDGE_ANSWERS = {
  404: { code: 'LUCID_ERR_4001', message: 'There is nothing here.' },
  429: { code: 'LUCID_ERR_3001', message: 'Too many requests.' },
  502: { code: 'LUCID_ERR_5003', message: 'The gateway gave no usable answer.' },
  503: { code: 'LUCID_ERR_5008', message: 'Not ready.' },
  504: { code: 'LUCID_ERR_5006', message: 'The gateway took too long.' },
} as const;
export type EdgeStatus = keyof typeof EDGE_ANSWERS;

/** The envelope as JSON text; request id and time are written in the door's own language. */
export function envelope(status: EdgeStatus, requestId: string, timestamp: string): string {
  const { code, message } = EDGE_ANSWERS[status];
  const error = {
    code,
    message,
    request_id: requestId,
    timestamp,
    service: 'lucid-edge',
    version: 'v1',
  };
  return JSON.stringify({ error });
}
