import { StoreError } from '@holdfast/core/model/errors.ts';
import type { MultipartStart, Part, UploadRef } from '@holdfast/core/ports/object-store.ts';
import type { MemoryS3, Stamp } from './memory-s3.ts';
import type { Content } from './s3-content.ts';
import { makeContent, md5, multipartEtag } from './s3-version.ts';

type Upload = {
  readonly start: MultipartStart;
  readonly since: Stamp;
  readonly parts: Map<number, { readonly etag: string; readonly body: Buffer }>;
};

/** The multipart uploads that are under way. */
export class MultipartUploads {
  readonly #world: MemoryS3;
  readonly #uploads = new Map<string, Upload>();

  constructor(world: MemoryS3) {
    this.#world = world;
  }

  begin(start: MultipartStart): UploadRef {
    const since = this.#world.stamp();
    const uploadId = `upload-${since.order}`;
    this.#uploads.set(uploadId, { start, since, parts: new Map() });
    return { ...start.to, uploadId };
  }

  add(ref: UploadRef, number: number, body: Buffer): Part {
    const etag = md5(body);
    this.#open(ref).parts.set(number, { etag, body });
    return { number, etag };
  }

  parts(ref: UploadRef): Part[] {
    return [...this.#open(ref).parts]
      .map(([number, { etag }]) => ({ number, etag }))
      .sort((left, right) => left.number - right.number);
  }

  abort(ref: UploadRef): void {
    this.#uploads.delete(ref.uploadId);
  }

  /** What a lifecycle rule does to uploads that began before a time and never ended. */
  expire(bucket: string, before: number): void {
    for (const [id, { start, since }] of this.#uploads) {
      if (start.to.bucket === bucket && since.at < before) this.#uploads.delete(id);
    }
  }

  /** The whole object and when its upload began. @throws StoreError `invalid` for parts that are not these */
  assemble(ref: UploadRef, parts: readonly Part[]): { content: Content; since: Stamp } {
    const upload = this.#open(ref);
    const bodies = parts.map((part, index) => this.#part(upload, part, parts[index - 1]));
    if (bodies.length === 0) throw new StoreError('invalid', 'an upload cannot be completed without parts');
    const tooSmall = bodies.slice(0, -1).some((body) => body.length < this.#world.limits.minPartBytes);
    if (tooSmall) throw new StoreError('invalid', 'a part before the last one is too small');
    const { start, since } = upload;
    const content = makeContent(Buffer.concat(bodies), multipartEtag(bodies.map(md5)), start);
    return { content, since };
  }

  #part(upload: Upload, part: Part, previous: Part | undefined): Buffer {
    const stored = upload.parts.get(part.number);
    if (stored?.etag !== part.etag) throw new StoreError('invalid', `part ${part.number} is not there`);
    if (previous && previous.number >= part.number) throw new StoreError('invalid', 'parts are out of order');
    return stored.body;
  }

  #open(ref: UploadRef): Upload {
    const upload = this.#uploads.get(ref.uploadId);
    const same = upload?.start.to.bucket === ref.bucket && upload.start.to.key === ref.key;
    if (!upload || !same) throw new StoreError('not-found', `there is no upload ${ref.uploadId}`);
    return upload;
  }
}
