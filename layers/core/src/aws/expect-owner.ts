import type { S3Client } from '@aws-sdk/client-s3';

/**
 * Has every request of a client say which account its bucket belongs to, and the bucket that it copies from: S3 refuses with
 * 403 when it is another's. A request that says so itself is left as it is; one that cannot say it, CreateBucket, is sent
 * without, since the SDK drops what an operation does not have. Source: S3 User Guide, "Verifying bucket ownership".
 *
 * @param account 12 digits
 */
export function expectOwner(client: Pick<S3Client, 'middlewareStack'>, account: string): void {
  const owners = { ExpectedBucketOwner: account, ExpectedSourceBucketOwner: account };
  client.middlewareStack.add((next) => (args) => next({ ...args, input: { ...owners, ...args.input } }), {
    step: 'initialize',
    name: 'expectOwner',
  });
}

/** The same client, for which one bucket belongs to another account. */
export function namingOwner(client: S3Client, bucket: string, account: string): S3Client {
  const send = (command: { readonly input: object }, ...options: never[]) => {
    if (Reflect.get(command.input, 'Bucket') === bucket)
      Object.assign(command.input, { ExpectedBucketOwner: account });
    return client.send(command as never, ...options);
  };
  return Object.assign(Object.create(client), { send });
}
