import { ListBucketsCommand, S3Client } from '@aws-sdk/client-s3';

const NOBODY = { accessKeyId: 'nobody', secretAccessKey: 'nobody' };

/**
 * Where requests to S3 go when it is not to AWS itself. The SDK finds an endpoint in the environment or in
 * ~/.aws/config and tells nobody, but who needs buckets in the path has to know: so a request is made up and never
 * sent.
 *
 * @returns undefined for AWS's own
 */
export async function s3Endpoint(options: {
  region?: string;
  endpoint?: string;
}): Promise<string | undefined> {
  const client = new S3Client({ ...options, credentials: NOBODY, forcePathStyle: true });
  let endpoint: string | undefined;
  client.middlewareStack.add(
    () => async (args) => {
      endpoint = addressIn(args.request);
      return { response: undefined, output: { $metadata: {} } };
    },
    { step: 'build', name: 'neverSent' },
  );
  await client.send(new ListBucketsCommand({}));
  client.destroy();
  return endpoint;
}

type Request = { readonly protocol: string; readonly hostname: string; readonly port?: number };

function addressIn(request: unknown): string | undefined {
  const { protocol, hostname, port } = request as Request;
  if (/\.amazonaws\.com(\.cn)?$/.test(hostname)) return undefined;
  return `${protocol}//${hostname}${port === undefined ? '' : `:${port}`}`;
}
