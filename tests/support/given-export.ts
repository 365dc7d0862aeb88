import { buffer } from 'node:stream/consumers';
import { checksums } from '@holdfast/core/aws/checksums.ts';
import { protectedSource } from '@holdfast/core/catalog/register-source.ts';
import { importExport } from '@holdfast/core/kinds/workdocs/import/import-export.ts';
import { parseRecord, type SiteRecord } from '@holdfast/core/kinds/workdocs/model/records.ts';
import type { RECORD_KINDS } from '@holdfast/core/kinds/workdocs/model/site-key.ts';
import { siteUri } from '@holdfast/core/kinds/workdocs/model/site-uri.ts';
import type { Job, Problem } from '@holdfast/core/model/job.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';
import { type Options, ZipFile } from 'yazl';
import { Pipeline, VAULT } from '../../testing/pipeline.ts';

export const EXPORT = 'exports';
export const SITE = 'd-1234567890';

/** What a zip is made of: a file's text or bytes, or a folder (`null`; its name ends in `/`). */
export type Files = Readonly<Record<string, string | Buffer | null>>;
export const MODIFIED = new Date('2024-03-01T12:00:00Z');

/** A zip as a well-behaved tool writes it. */
export async function zipOf(files: Files, options: Partial<Options> = {}): Promise<Buffer> {
  const zip = new ZipFile();
  for (const [name, content] of Object.entries(files)) {
    if (content === null) zip.addEmptyDirectory(name, { mtime: MODIFIED });
    else zip.addBuffer(Buffer.from(content), name, { mtime: MODIFIED, ...options });
  }
  zip.end();
  return buffer(zip.outputStream as NodeJS.ReadableStream & AsyncIterable<Buffer>);
}

/** Exports in a bucket, and what an import does with them, over memory. */
export class GivenExport {
  readonly pipeline: Pipeline;
  readonly dead: string[] = [];
  /** Milliseconds that each delivery has. */
  timeLeft = () => 900_000;
  /** What the functions see in place of the buckets, where that is something else. */
  store: ObjectStore | undefined;
  /** Each message comes so often, whatever became of it. */
  deliveries = 1;

  constructor(options: ConstructorParameters<typeof Pipeline>[0] = {}) {
    this.pipeline = new Pipeline(options);
    this.pipeline.s3.createBucket(EXPORT, { versioning: 'never' });
  }

  put(key: string, body: Buffer | string): void {
    this.pipeline.s3.put(EXPORT, key, body);
  }

  async zip(key: string, files: Files, options: Partial<Options> = {}): Promise<void> {
    this.put(key, await zipOf(files, options));
  }

  async register(source = siteUri(SITE), from = `s3://${EXPORT}`): Promise<void> {
    const settings = { source, protectedAt: this.pipeline.now, site: { importedFrom: from } };
    await this.pipeline.catalog.putSource(protectedSource(settings, undefined, 'ok'));
  }

  /** Runs a whole import. @returns its job */
  async import(jobId: string, extra: Readonly<Record<string, unknown>> = {}): Promise<Job> {
    if ((await this.pipeline.catalog.getSource(siteUri(SITE))) === undefined) await this.register();
    const request = { kind: 'import', export: `s3://${EXPORT}`, source: siteUri(SITE), jobId, ...extra };
    await this.pipeline.queue.send('import', [JSON.stringify(request)]);
    await this.drain();
    return this.pipeline.job(jobId);
  }

  /** Does all messages there are, those that fail again and again up to the last time. */
  async drain(): Promise<void> {
    const waiting = this.pipeline.queue.take('import').map((body) => this.pipeline.message(body));
    for (let rounds = 0; waiting.length > 0; rounds++) {
      if (rounds > 100_000) throw new Error('the import does not come to rest');
      const message = waiting.shift();
      if (message === undefined) break;
      for (let again = 0; again < this.deliveries; again++) {
        message.receives++;
        try {
          await importExport(
            message.body,
            { ...this.pipeline.delivery(message), timeLeft: this.timeLeft },
            { ...this.pipeline.world, store: this.store ?? this.pipeline.store, checksums },
          );
        } catch (error) {
          if (message.receives >= this.pipeline.world.settings.maxReceives) this.dead.push(String(error));
          else waiting.push(message);
          break;
        }
      }
      waiting.push(...this.pipeline.queue.take('import').map((body) => this.pipeline.message(body)));
    }
    await this.pipeline.drain();
  }

  problems(jobId: string): Promise<Problem[]> {
    return Array.fromAsync(this.pipeline.catalog.listProblems(jobId));
  }

  /** Records on top in the vault, by kind, in the order of their names. */
  async records(kind: (typeof RECORD_KINDS)[number]): Promise<SiteRecord[]> {
    const prefix = `workdocs/${SITE}/${kind}s/`;
    const { objects } = await this.pipeline.store.list({ bucket: VAULT, prefix });
    const records = objects.map(({ key }) => parseRecord(this.pipeline.s3.text(VAULT, key) ?? '', key));
    return records.sort((a, b) => ((a.name ?? '') < (b.name ?? '') ? -1 : 1));
  }

  /** Documents by their paths, as a person would write them: `alice/folder/plan.txt`. */
  async documents(): Promise<Map<string, Extract<SiteRecord, { kind: 'document' }>>> {
    const [users, folders, documents] = await Promise.all(
      (['user', 'folder', 'document'] as const).map((kind) => this.records(kind)),
    );
    const byId = new Map([...(users ?? []), ...(folders ?? [])].map((record) => [record.id, record]));
    const pathOf = (record: SiteRecord): string => {
      if (record.kind === 'user') return record.name ?? '';
      const parent = record.parentId === undefined ? record.creatorId : record.parentId;
      const above = byId.get(parent ?? '');
      const path = above === undefined ? '?' : pathOf(above);
      return record.name === undefined ? path : `${path}/${record.name}`;
    };
    return new Map(
      (documents ?? []).flatMap((one) => (one.kind === 'document' ? [[pathOf(one), one] as const] : [])),
    );
  }

  /** The bytes of a document's versions, as text, the oldest first; `undefined` for one that has none. */
  async texts(path: string): Promise<Array<string | undefined>> {
    const document = (await this.documents()).get(path);
    if (document === undefined) throw new Error(`no document ${path}`);
    return document.versions.map(({ kept }) =>
      kept === undefined ? undefined : this.pipeline.s3.text(VAULT, kept.key, kept.versionId),
    );
  }

  /** Versions of all objects in the vault but reports. */
  async vaultVersions(): Promise<number> {
    const { versions } = await this.pipeline.store.listVersions({ bucket: VAULT, prefix: 'workdocs/' });
    return versions.length;
  }
}
