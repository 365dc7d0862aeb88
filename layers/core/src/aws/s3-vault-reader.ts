import type { S3Client } from '@aws-sdk/client-s3';
import type { ObjectStore } from '../ports/object-store.ts';
import { getText } from './s3-get.ts';
import { listObjectVersions } from './s3-listing.ts';

/** What only reads the vault: a bundle that has this store has no other requests in it. */
export function vaultReader(s3: S3Client): Pick<ObjectStore, 'listVersions' | 'get'> {
  return {
    listVersions: (request) => listObjectVersions(s3, request),
    get: (ref) => getText(s3, ref),
  };
}
