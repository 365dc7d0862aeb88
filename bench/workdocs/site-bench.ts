import { setTimeout as pause } from 'node:timers/promises';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { dynamoClient, sqsClient } from '@holdfast/core/aws/clients.ts';
import { DynamoCatalog } from '@holdfast/core/aws/dynamo-catalog.ts';
import { queueAddresses } from '@holdfast/core/runtime/queue-addresses.ts';
import { holdfastJson } from '../../scripts/demo/holdfast.ts';
import type { Cloud } from '../../scripts/lib/cloud.ts';
import { workdocsEndpoint } from '../../scripts/lib/ministack-env.ts';
import { startWorkDocsServer, type WorkDocsServer } from '../../testing/workdocs-server/server.ts';
import type { CountingProxy, Counts } from '../cloud/counting-proxy.ts';
import { percentile } from '../measure/statistics.ts';

const SITE = 'd-0123456789';
const SOURCE = `workdocs://${SITE}`;
const DOCUMENTS_IN_A_FOLDER = 50;
const CHANGED = 50;
/** Uploads while a schedule of one minute polls, spread over this time. */
const UPLOADS = 30;
const UPLOAD_EVERY_MS = 9_000;
/** Longer ago than polls look back. */
const HOUR_MS = 3_600_000;

export type SitePhase = {
  readonly name: string;
  readonly things: number;
  readonly seconds: number;
  /** To WorkDocs, and to AWS; of one thing. */
  readonly workdocs: Counts;
  readonly aws: Counts;
};
export type SiteResult = {
  readonly documents: number;
  readonly phases: readonly SitePhase[];
  /** From an upload to its record in the catalog, ms; polled every minute. */
  readonly lag: { readonly p50: number; readonly p99: number; readonly max: number; readonly count: number };
};

/** Drives a WorkDocs site that the deployed pipeline follows, and counts what its functions ask of it and of AWS. */
export class SiteBench {
  readonly #cloud: Cloud;
  readonly #proxy: CountingProxy;
  readonly #catalog: DynamoCatalog;
  readonly #sqs = sqsClient();
  readonly #phases: SitePhase[] = [];
  readonly #server: WorkDocsServer;

  private constructor(cloud: Cloud, proxy: CountingProxy, server: WorkDocsServer) {
    Object.assign(process.env, cloud.env);
    this.#cloud = cloud;
    this.#proxy = proxy;
    this.#server = server;
    const table = cloud.outputs['CatalogTable'] ?? '';
    this.#catalog = new DynamoCatalog(dynamoClient(), { table, retentionDays: 90 });
  }

  static async run(cloud: Cloud, proxy: CountingProxy, documents: number): Promise<SiteResult> {
    const { port } = new URL(workdocsEndpoint(Number(new URL(cloud.endpoint).port)));
    const server = await startWorkDocsServer({ port: Number(port), organizationId: SITE });
    try {
      return await new SiteBench(cloud, proxy, server).#run(documents);
    } finally {
      await server.close();
    }
  }

  async #run(documents: number): Promise<SiteResult> {
    const ids = this.#ago(HOUR_MS, () => this.#fill(documents));
    await this.#phase('document, by the first crawl', documents, () =>
      // No schedule of its own gets in between what is counted.
      this.#holdfast('protect', SOURCE, '--every', '1d', '--wait'),
    );
    await this.#phase('document that did not change, by a crawl', documents, () =>
      this.#holdfast('reconcile', SOURCE, '--wait'),
    );
    await this.#phase('idle poll', 1, () => this.#poll());
    const { model } = this.#server.site;
    // The same ones twice: what happened just now is looked at once more by the next poll, and nothing else may be.
    const changed = ids.slice(0, CHANGED);
    for (const id of changed) model.rename(id, `renamed ${id}`);
    await this.#phase('document that was renamed, by a poll', CHANGED, () => this.#poll());
    for (const documentId of changed) model.upload({ documentId }, 'new', { name: 'new.txt' });
    await this.#phase('document with a new version, by a poll', CHANGED, () => this.#poll());
    return { documents, phases: this.#phases, lag: await this.#lag() };
  }

  /** Does what people do as if they had done it a while ago. */
  #ago<T>(ms: number, work: () => T): T {
    this.#server.advance(-ms);
    try {
      return work();
    } finally {
      this.#server.advance(ms);
    }
  }

  #fill(documents: number): string[] {
    const { model } = this.#server.site;
    const user = model.createUser('anna');
    let folder = { id: user.rootFolderId };
    return Array.from({ length: documents }, (_, n) => {
      if (n % DOCUMENTS_IN_A_FOLDER === 0)
        folder = model.createFolder(user.rootFolderId, `folder ${n / DOCUMENTS_IN_A_FOLDER}`);
      return model.upload({ parentId: folder.id }, `document ${n}`, { name: `${n}.txt` }).documentId;
    });
  }

  async #phase(name: string, things: number, work: () => Promise<unknown>): Promise<void> {
    this.#proxy.take();
    this.#server.counts.clear();
    const started = performance.now();
    await work();
    await this.#holdfast('status', SOURCE, '--wait');
    const seconds = (performance.now() - started) / 1000;
    await this.#proxy.quiet();
    const workdocs = Object.fromEntries([...this.#server.counts].toSorted());
    this.#phases.push({ name, things, seconds, workdocs, aws: this.#proxy.take() });
    process.stderr.write(`${name}: ${things} in ${seconds.toFixed(1)} s\n`);
  }

  /** What the schedule sends; once it has been done, the cursor has moved. */
  async #poll(): Promise<void> {
    const before = (await this.#catalog.getSource(SOURCE))?.lastPollAt ?? 0;
    const MessageBody = JSON.stringify({ kind: 'poll', source: SOURCE });
    const QueueUrl = queueAddresses(this.#cloud.outputs).site.url;
    await this.#sqs.send(new SendMessageCommand({ QueueUrl, MessageBody }));
    while (((await this.#catalog.getSource(SOURCE))?.lastPollAt ?? 0) <= before) await pause(100);
  }

  /** Nothing but the schedule polls here. */
  async #lag(): Promise<SiteResult['lag']> {
    await this.#holdfast('unprotect', SOURCE, '--yes');
    await this.#holdfast('protect', SOURCE, '--every', '1m', '--no-initial');
    const { model } = this.#server.site;
    const user = model.createUser('bob');
    const seen = Array.from({ length: UPLOADS }, async (_, n) => {
      await pause(n * UPLOAD_EVERY_MS);
      const name = `late ${n}.txt`;
      const { documentId } = model.upload({ parentId: user.rootFolderId }, name, { name });
      return this.#untilRecorded(`document/${documentId}`);
    });
    const lags = await Promise.all(seen);
    return {
      p50: percentile(lags, 0.5),
      p99: percentile(lags, 0.99),
      max: Math.max(...lags),
      count: UPLOADS,
    };
  }

  /** @returns how long it took from now, in ms */
  async #untilRecorded(key: string): Promise<number> {
    const began = performance.now();
    while ((await this.#catalog.getEntry(SOURCE, key))?.state !== 'current') await pause(250);
    return performance.now() - began;
  }

  async #holdfast(...args: string[]): Promise<void> {
    const { code, stderr } = await holdfastJson(args, process.env);
    if (code !== 0) throw new Error(`holdfast ${args.join(' ')} ended with ${code}: ${stderr}`);
  }
}
