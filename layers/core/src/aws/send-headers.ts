import type { S3Client } from '@aws-sdk/client-s3';
import { eachHeader, headerOfText, textOfHeader } from './header-bytes.ts';
import { isHttpRequest } from './s3-requests.ts';

/**
 * Lets a client hold headers as text, and send and receive their bytes: Node takes and gives a character for each byte.
 * Below the signature, which the SDK makes over the text, and within its retries, each of which signs anew.
 */
export function sendHeadersAsBytes(client: Pick<S3Client, 'middlewareStack'>): void {
  client.middlewareStack.add(
    (next) => async (args) => {
      const { request } = args;
      const sent = isHttpRequest(request) && {
        ...request,
        headers: eachHeader(request.headers, headerOfText),
      };
      const answer = await next({ ...args, request: sent || request });
      const { response } = answer;
      if (isHttpRequest(response)) response.headers = eachHeader(response.headers, textOfHeader);
      return answer;
    },
    // Low in its step: next to the wire.
    { step: 'deserialize', priority: 'low', name: 'sendHeadersAsBytes' },
  );
}
