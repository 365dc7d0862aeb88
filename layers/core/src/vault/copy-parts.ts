import pMap from 'p-map';
import { defined } from '../model/defined.ts';
import type { ObjectFacts, Tags } from '../model/object.ts';
import type { StorageClass } from '../model/storage-class.ts';
import type { MultipartStart, ObjectRef, Part, UploadRef } from '../ports/object-store.ts';
import type { World } from '../ports/world.ts';

const STOP_BEFORE_END_MS = 60_000;

/** A large object on its way: exactly the state with this ETag, into an open multipart upload. */
export type PartsJob = {
  readonly from: ObjectRef & { readonly ifMatch: string };
  readonly size: number;
  readonly partBytes: number;
  readonly upload: UploadRef;
};

/** What a multipart copy must carry over by itself: headers, metadata, tags. */
export function multipartStart(
  to: MultipartStart['to'],
  facts: ObjectFacts,
  tags: Tags,
  storageClass?: StorageClass,
): MultipartStart {
  return {
    to,
    headers: facts.headers,
    metadata: facts.metadata,
    tags,
    ...defined({ websiteRedirect: facts.websiteRedirect, storageClass }),
  };
}

/**
 * Copies the parts that are not there yet, as many as there is time for; what is there is asked of S3, so a step that
 * died costs only the parts it had not finished.
 *
 * @returns all parts when the object is complete, undefined when another step has to go on
 * @throws StoreError `precondition-failed` or `not-found` when the source is no longer the state that was begun, or
 *   the upload is gone
 */
export async function copyParts(
  job: PartsJob,
  timeLeft: () => number,
  { store, settings }: Pick<World, 'store' | 'settings'>,
): Promise<Part[] | undefined> {
  const parts = new Map((await store.listParts(job.upload)).map((part) => [part.number, part]));
  const missing = partNumbers(job).filter((number) => !parts.has(number));
  await pMap(
    missing,
    async (number) => {
      if (timeLeft() < STOP_BEFORE_END_MS) return;
      parts.set(
        number,
        await store.copyPart(job.upload, { number, from: job.from, ...byteRange(job, number) }),
      );
    },
    { concurrency: settings.concurrency },
  );
  if (parts.size < partNumbers(job).length) return undefined;
  return [...parts.values()].sort((a, b) => a.number - b.number);
}

function partNumbers({ size, partBytes }: PartsJob): number[] {
  return Array.from({ length: Math.max(1, Math.ceil(size / partBytes)) }, (_, index) => index + 1);
}

function byteRange({ size, partBytes }: PartsJob, number: number): { first: number; last: number } {
  const first = (number - 1) * partBytes;
  return { first, last: Math.min(size, first + partBytes) - 1 };
}
