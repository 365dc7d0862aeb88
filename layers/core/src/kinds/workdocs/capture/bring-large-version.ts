import { defined } from '../../../model/defined.ts';
import { isStoreError } from '../../../model/errors.ts';
import type { Source } from '../../../model/source.ts';
import type { UploadRef } from '../../../ports/object-store.ts';
import type { Delivery } from '../../../ports/world.ts';
import { inParts, partBytesFor } from '../../../vault/parts.ts';
import { versionKey } from '../model/site-key.ts';
import type { LargeVersion } from '../model/site-messages.ts';
import type { SiteVersion } from '../site.ts';
import { isSiteError, SiteError } from '../site-error.ts';
import type { SiteWorld } from '../site-world.ts';
import { captureItem } from './capture-item.ts';
import { contextOf, type ItemContext, type Look } from './item-context.ts';
import { ItemTally } from './item-tally.ts';
import { findKept, openUrl, withUrl } from './keep-version.ts';
import { markItemFailed } from './mark-item-failed.ts';
import { SavedDigest } from './saved-digest.ts';
import { digestOf } from './signature.ts';

const STOP_BEFORE_END_MS = 90_000;

/** How far a large version is in the vault. */
type Progress = NonNullable<LargeVersion['begun']>;
type Bringing = {
  readonly message: LargeVersion;
  readonly context: ItemContext;
  readonly delivery: Delivery;
};

/**
 * Brings the next parts of a large version into the vault, one part in memory at a time, for as long as there is time; what is
 * left, another message goes on with. At the end, the document is looked at again, and finds the bytes.
 *
 * @throws what the queue has to retry; after the last delivery the entry says why the bytes are not there
 */
export async function bringLargeVersion(
  source: Source,
  message: LargeVersion,
  delivery: Delivery,
  world: SiteWorld,
): Promise<void> {
  const context = contextOf(source, delivery, world, LOOK);
  const bringing = { message, context, delivery };
  try {
    const left = await bring(bringing);
    if (left !== undefined) {
      await world.queue.send('largeDocuments', [JSON.stringify({ ...message, begun: left })]);
      return;
    }
    await lookAgain(bringing);
  } catch (error) {
    if (context.last) await markItemFailed({ kind: 'document', id: message.documentId }, error, context);
    throw error;
  }
}

const LOOK: Look = {
  // The record does not say yet that the bytes are there: the vault is asked.
  redelivered: true,
  bringsLarge: true,
  deep: false,
  approved: false,
  listed: false,
  since: undefined,
  crawled: false,
};

/** @returns how far it came, when another step has to go on */
async function bring(bringing: Bringing): Promise<Progress | undefined> {
  const { message, context } = bringing;
  if (message.begun === undefined && (await isThere(message, context))) return undefined;
  try {
    return await bringOn(bringing);
  } catch (error) {
    // The site no longer has it: the document tells.
    if (isSiteError(error, 'not-found')) return undefined;
    if (!isStoreError(error, 'not-found')) throw error;
    // The upload is over: ended by another handler of the same message, or given up for what came damaged.
    if (await isThere(message, context)) return undefined;
    const { begun: _, ...anew } = message;
    return bringOn({ ...bringing, message: anew });
  }
}

async function bringOn(bringing: Bringing): Promise<Progress | undefined> {
  const { message, context } = bringing;
  const { documentId, versionId } = message;
  let progress = message.begun;
  return withUrl(documentId, versionId, context.site, async (url, version) => {
    progress ??= await begin(message, version, context);
    const reader = await PartReader.open(version, progress, context);
    try {
      for await (const bytes of reader.parts(url)) {
        await context.world.store.writePart(uploadOf(message, progress, context), progress.next, bytes);
        progress = { ...progress, next: progress.next + 1, ...defined({ digest: reader.state() }) };
        if (bringing.delivery.timeLeft() < STOP_BEFORE_END_MS && !reader.isDone()) return progress;
      }
      reader.finish();
    } catch (error) {
      // It has to be read from its beginning again, into an upload of its own.
      if (isSiteError(error, 'corrupt'))
        await context.world.store.abortMultipart(uploadOf(message, progress, context));
      throw error;
    }
    await complete(message, progress, context);
    return undefined;
  });
}

async function complete(message: LargeVersion, progress: Progress, context: ItemContext): Promise<void> {
  const { store } = context.world;
  const upload = uploadOf(message, progress, context);
  const parts = await store.listParts(upload);
  await store.completeMultipart(
    upload,
    parts.filter(({ number }) => number < progress.next),
  );
}

function uploadOf(message: LargeVersion, { uploadId }: Progress, { name, world }: ItemContext): UploadRef {
  const key = versionKey(name, message.documentId, message.versionId);
  return { bucket: world.settings.vault, key, uploadId };
}

async function isThere({ documentId, versionId }: LargeVersion, context: ItemContext): Promise<boolean> {
  return (await findKept(documentId, { id: versionId }, undefined, true, context)) !== undefined;
}

async function begin(
  { documentId, versionId }: LargeVersion,
  version: SiteVersion,
  context: ItemContext,
): Promise<Progress> {
  const { store, settings } = context.world;
  const { uploadId } = await store.beginMultipart({
    to: { bucket: settings.vault, key: versionKey(context.name, documentId, versionId) },
    headers: defined({ contentType: version.contentType }),
    metadata: { documentid: documentId, versionid: versionId },
    tags: {},
    checksum: 'CRC32',
  });
  return { uploadId, partBytes: partBytesFor(version.size ?? 0, settings.partBytes), next: 1 };
}

/** Reads a version from where the last step ended, part by part, and knows at each whether all is as it should be until there. */
class PartReader {
  readonly #version: SiteVersion;
  readonly #partBytes: number;
  readonly #context: ItemContext;
  readonly #digest: SavedDigest | undefined;
  #offset: number;

  private constructor(
    version: SiteVersion,
    { partBytes, next }: Progress,
    context: ItemContext,
    digest: SavedDigest | undefined,
  ) {
    this.#version = version;
    this.#partBytes = partBytes;
    this.#context = context;
    this.#digest = digest;
    this.#offset = (next - 1) * partBytes;
  }

  static async open(version: SiteVersion, progress: Progress, context: ItemContext): Promise<PartReader> {
    const expected = digestOf(version.signature);
    const digest = expected && (await SavedDigest.open(expected.algorithm, progress.digest));
    return new PartReader(version, progress, context, digest);
  }

  async *parts(url: string): AsyncGenerator<Uint8Array, void> {
    if (this.isDone()) return;
    const range = { first: this.#offset };
    const { body } = await openUrl(url, this.#context.site, { range }, this.#version);
    for await (const bytes of inParts(this.#watched(body), this.#partBytes)) {
      this.#offset += bytes.length;
      this.#digest?.update(bytes);
      yield bytes;
    }
  }

  /** What has more bytes than it should is not read to its end: it may have none. */
  async *#watched(body: AsyncIterable<Uint8Array>): AsyncGenerator<Uint8Array, void> {
    let passed = this.#offset;
    for await (const chunk of body) {
      passed += chunk.length;
      if (passed > this.#size) throw this.#damaged('more bytes');
      yield chunk;
    }
  }

  state(): string | undefined {
    return this.#digest?.save();
  }

  isDone(): boolean {
    return this.#offset >= this.#size;
  }

  /** @throws {SiteError} `corrupt` when length or digest are not as the site says */
  finish(): void {
    if (this.#offset !== this.#size) throw this.#damaged(`${this.#offset} bytes`);
    const found = this.#digest?.finish();
    if (found !== digestOf(this.#version.signature)?.hex) throw this.#damaged(`the digest ${found}`);
  }

  get #size(): number {
    return this.#version.size ?? 0;
  }

  #damaged(found: string): SiteError {
    const { id, signature = 'no signature' } = this.#version;
    return new SiteError(
      'corrupt',
      `version ${id} came damaged: it should have ${this.#size} bytes and ${signature}, and had ${found}`,
    );
  }
}

async function lookAgain({ message: { documentId, at }, context }: Bringing): Promise<void> {
  const item = { kind: 'document' as const, id: documentId, ...defined({ at }) };
  const result = await captureItem(item, context);
  // Another one failed meanwhile, and is recorded as on its way again.
  await context.world.queue.send(
    'largeDocuments',
    (result.large ?? []).map((one) => JSON.stringify(one)),
  );
  const tally = new ItemTally(context);
  tally.add(item, result, {});
  await tally.record();
}
