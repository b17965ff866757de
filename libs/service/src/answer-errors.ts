import { commonErrors, ServiceError } from '@lucid/errors';
import type { FastifyError, FastifyInstance, FastifyReply, FastifyRequest } from 'fastify';

interface About {
  service: string;
  now: () => string;
}

/** Every failure leaves as the envelope. What nobody foresaw is logged in full and told as 5001 without a word of it. */
export function answerErrors(app: FastifyInstance, about: About): void {
  const answer = (error: ServiceError, request: FastifyRequest, reply: FastifyReply) => {
    if (error.status === 401) reply.header('www-authenticate', 'Bearer');
    return reply
      .code(error.status)
      .headers(error.headers)
      .type('application/json')
      .serializer(JSON.stringify)
      .send(error.toEnvelope({ requestId: request.id, timestamp: about.now(), service: about.service }));
  };

  app.setNotFoundHandler((request, reply) => answer(commonErrors.NOT_FOUND(), request, reply));
  app.setErrorHandler((error: FastifyError | ServiceError, request, reply) => {
    const known = toServiceError(error);
    if (known.status >= 500 && known.status !== 501) request.log.error({ err: error }, known.message);
    return answer(known, request, reply);
  });
}

function toServiceError(error: FastifyError | ServiceError): ServiceError {
  if (error instanceof ServiceError) return error;
  switch (error.code) {
    case 'FST_ERR_CTP_BODY_TOO_LARGE':
      return commonErrors.BODY_TOO_LARGE();
    case 'FST_ERR_CTP_INVALID_MEDIA_TYPE':
      return commonErrors.UNSUPPORTED_MEDIA_TYPE();
    case 'FST_ERR_CTP_INVALID_JSON_BODY':
    case 'FST_ERR_CTP_EMPTY_JSON_BODY':
      return commonErrors.INVALID_JSON();
  }
  if (error instanceof SyntaxError) return commonErrors.INVALID_JSON();
  if (error.name.startsWith('Mongo')) return commonErrors.DATABASE();
  const isClientFault = error.statusCode !== undefined && error.statusCode >= 400 && error.statusCode < 500;
  return isClientFault ? commonErrors.INVALID_DATA() : commonErrors.INTERNAL();
}
