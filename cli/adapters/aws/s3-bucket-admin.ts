import {
  CreateBucketCommand,
  DeleteBucketCommand,
  GetBucketEncryptionCommand,
  GetBucketVersioningCommand,
  PutBucketEncryptionCommand,
  PutBucketVersioningCommand,
  PutPublicAccessBlockCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import type { BucketAdmin, BucketSetup } from '../../../operations/ports.ts';

/** Says that a bucket has no encryption of its own, or is not there. */
const NOTHING = new Set(['ServerSideEncryptionConfigurationNotFoundError', 'NoSuchBucket', 'AccessDenied']);

/** Buckets, by S3. */
export class S3BucketAdmin implements BucketAdmin {
  readonly #client: S3Client;

  constructor(client: S3Client) {
    this.#client = client;
  }

  async describe(Bucket: string): Promise<BucketSetup | undefined> {
    try {
      const { Status } = await this.#client.send(new GetBucketVersioningCommand({ Bucket }));
      const encryption = await this.#encryption(Bucket);
      return { versioned: Status === 'Enabled', ...(encryption === undefined ? {} : { encryption }) };
    } catch (error) {
      if (isNothing(error)) return undefined;
      throw error;
    }
  }

  async create(Bucket: string, { region, versioned, encryption }: BucketSetup & { region: string }) {
    await this.#client.send(
      new CreateBucketCommand({
        Bucket,
        // us-east-1 is the one region that may not be named. Source: S3 API reference, CreateBucket.
        ...(region === 'us-east-1'
          ? {}
          : { CreateBucketConfiguration: { LocationConstraint: region as 'eu-west-1' } }),
      }),
    );
    try {
      await this.#setUp(Bucket, { versioned, ...(encryption === undefined ? {} : { encryption }) });
    } catch (error) {
      // Still empty: the same command makes it anew.
      await this.#client.send(new DeleteBucketCommand({ Bucket }));
      throw error;
    }
  }

  async #setUp(Bucket: string, { versioned, encryption }: BucketSetup): Promise<void> {
    const all = { BlockPublicAcls: true, BlockPublicPolicy: true, IgnorePublicAcls: true };
    await this.#client.send(
      new PutPublicAccessBlockCommand({
        Bucket,
        PublicAccessBlockConfiguration: { ...all, RestrictPublicBuckets: true },
      }),
    );
    if (encryption !== undefined) await this.#encrypt(Bucket, encryption);
    if (versioned) await this.keepVersions(Bucket);
  }

  async keepVersions(Bucket: string): Promise<void> {
    await this.#client.send(
      new PutBucketVersioningCommand({ Bucket, VersioningConfiguration: { Status: 'Enabled' } }),
    );
  }

  async #encrypt(Bucket: string, { algorithm, key, bucketKey }: NonNullable<BucketSetup['encryption']>) {
    const byDefault = {
      SSEAlgorithm: algorithm as 'AES256',
      ...(key === undefined ? {} : { KMSMasterKeyID: key }),
    };
    await this.#client.send(
      new PutBucketEncryptionCommand({
        Bucket,
        ServerSideEncryptionConfiguration: {
          Rules: [{ ApplyServerSideEncryptionByDefault: byDefault, BucketKeyEnabled: bucketKey }],
        },
      }),
    );
  }

  async #encryption(Bucket: string): Promise<BucketSetup['encryption'] | undefined> {
    try {
      const answer = await this.#client.send(new GetBucketEncryptionCommand({ Bucket }));
      const rule = answer.ServerSideEncryptionConfiguration?.Rules?.[0];
      const { SSEAlgorithm, KMSMasterKeyID } = rule?.ApplyServerSideEncryptionByDefault ?? {};
      if (SSEAlgorithm === undefined) return undefined;
      return {
        algorithm: SSEAlgorithm,
        bucketKey: rule?.BucketKeyEnabled ?? false,
        ...(KMSMasterKeyID === undefined ? {} : { key: KMSMasterKeyID }),
      };
    } catch (error) {
      if (isNothing(error)) return undefined;
      throw error;
    }
  }
}

function isNothing(error: unknown): boolean {
  return error instanceof Error && NOTHING.has(error.name);
}
