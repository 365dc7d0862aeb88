import { Readable } from 'node:stream';
import { S3Client } from '@aws-sdk/client-s3';

/** What the wire would bring: an answer of S3, or no answer at all. */
export type Answer =
  | { readonly status?: number; readonly headers?: Readonly<Record<string, string>>; readonly body?: string }
  | Error;

/** A request as it would have gone over the wire, signature and all. */
export type WireRequest = {
  readonly method: string;
  readonly path: string;
  readonly query: Readonly<Record<string, unknown>>;
  readonly headers: Readonly<Record<string, string>>;
};

/** The real SDK client, all of it but the socket: it gets these answers, the last one again and again. */
export function cannedS3(
  answers: readonly Answer[],
  options: { readonly attempts?: number } = {},
): { readonly client: S3Client; readonly requests: WireRequest[] } {
  const requests: WireRequest[] = [];
  const client = new S3Client({
    region: 'eu-central-1',
    // Named, lest an AWS_ENDPOINT_URL of the shell change the paths.
    endpoint: 'https://s3.eu-central-1.amazonaws.com',
    credentials: { accessKeyId: 'test', secretAccessKey: 'test' },
    maxAttempts: options.attempts ?? 1,
    requestHandler: {
      handle: async (request: WireRequest) => {
        requests.push(request);
        return { response: toResponse(answers[requests.length - 1] ?? answers.at(-1)) };
      },
      updateHttpClientConfig: () => {},
      httpHandlerConfigs: () => ({}),
    },
  });
  return { client, requests };
}

/** An error as S3 words it. */
export function errorXml(code: string, message = 'No luck'): string {
  return `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${message}</Message></Error>`;
}

function toResponse(answer: Answer | undefined) {
  if (answer === undefined) throw new Error('no answer was prepared');
  if (answer instanceof Error) throw answer;
  const { status = 200, headers = {}, body = '' } = answer;
  return { statusCode: status, headers: { ...headers }, body: Readable.from([Buffer.from(body)]) };
}
