import { setTimeout as pause } from 'node:timers/promises';
import {
  CreateBucketCommand,
  DeleteObjectCommand,
  PutObjectCommand,
  type S3Client,
} from '@aws-sdk/client-s3';
import { dynamoClient, s3Client } from '@holdfast/core/aws/clients.ts';
import { DynamoCatalog } from '@holdfast/core/aws/dynamo-catalog.ts';
import type { Entry } from '@holdfast/core/model/entry.ts';
import pMap from 'p-map';
import { holdfastJson } from '../../scripts/demo/holdfast.ts';
import type { Cloud } from '../../scripts/lib/cloud.ts';
import type { CountingProxy, Counts } from '../cloud/counting-proxy.ts';
import { percentile } from '../measure/statistics.ts';

const BODY = Buffer.alloc(1024, 'x');

export type Phase = {
  readonly name: string;
  readonly objects: number;
  readonly seconds: number;
  readonly requests: Counts;
};
export type Lag = { readonly p50: number; readonly p99: number; readonly max: number };
export type PipelineResult = { readonly phases: readonly Phase[]; readonly lag: Lag };

export type Sizes = { readonly changed: number; readonly existing: number };

/** Drives the deployed pipeline and counts what its functions ask of AWS. */
export class PipelineBench {
  readonly #s3: S3Client;
  readonly #catalog: DynamoCatalog;
  readonly #env: NodeJS.ProcessEnv;
  readonly #proxy: CountingProxy;
  readonly #phases: Phase[] = [];

  constructor(cloud: Cloud, proxy: CountingProxy) {
    Object.assign(process.env, cloud.env);
    this.#env = process.env;
    this.#proxy = proxy;
    this.#s3 = s3Client({ concurrency: 32, account: undefined });
    this.#catalog = new DynamoCatalog(dynamoClient(), {
      table: cloud.outputs['CatalogTable'] ?? '',
      retentionDays: 90,
    });
  }

  async run({ changed, existing }: Sizes): Promise<PipelineResult> {
    const live = await this.#bucket('bench-live');
    await this.#holdfast('protect', `s3://${live}`, '--no-initial');
    // Starts every function once: cold starts are measured on their own.
    await this.#put(live, 'warm', 50);
    await this.#settled(live);
    await this.#phase('created object, by its event', changed, async () => {
      await this.#put(live, 'k', changed, 20);
      await this.#settled(live);
    });
    const lag = await this.#lag(live);
    await this.#phase('deleted object, by its event', Math.floor(changed / 4), async () => {
      await this.#remove(live, 'k', Math.floor(changed / 4));
      await this.#settled(live);
    });

    const full = await this.#bucket('bench-full');
    await this.#put(full, 'o', existing);
    await this.#phase('object that was there before, by the first reconcile', existing, () =>
      this.#holdfast('protect', `s3://${full}`, '--wait'),
    );
    await this.#phase('object that did not change, by a reconcile', existing, () =>
      this.#holdfast('reconcile', `s3://${full}`, '--wait'),
    );
    const target = await this.#bucket('holdfast-restore-bench');
    const restore = ['restore', `s3://${live}`, '--to', `s3://${target}`, '--wait'];
    const left = changed + 50 - Math.floor(changed / 4);
    await this.#phase('restored object', left, () => this.#holdfast(...restore));
    await this.#phase('object that was already right, by a second restore', left, () =>
      this.#holdfast(...restore),
    );
    return { phases: this.#phases, lag };
  }

  async #phase(name: string, objects: number, work: () => Promise<unknown>): Promise<void> {
    this.#proxy.take();
    const started = performance.now();
    await work();
    const seconds = (performance.now() - started) / 1000;
    this.#phases.push({ name, objects, seconds, requests: this.#proxy.take() });
    process.stderr.write(`${name}: ${objects} in ${seconds.toFixed(1)} s\n`);
  }

  async #bucket(purpose: string): Promise<string> {
    const Bucket = `${purpose}-${Date.now().toString(36)}`;
    await this.#s3.send(new CreateBucketCommand({ Bucket }));
    return Bucket;
  }

  async #put(Bucket: string, prefix: string, count: number, perSecond?: number): Promise<void> {
    const put = (n: number) =>
      this.#s3.send(
        new PutObjectCommand({ Bucket, Key: `${prefix}/${String(n).padStart(6, '0')}`, Body: BODY }),
      );
    const numbers = Array.from({ length: count }, (_, n) => n);
    if (perSecond === undefined) {
      await pMap(numbers, put, { concurrency: 16 });
      return;
    }
    // At a steady rate, so that the lag is the pipeline's and not that of a queue in front of the emulator.
    for (const n of numbers) {
      await put(n);
      await pause(1000 / perSecond);
    }
  }

  async #remove(Bucket: string, prefix: string, count: number): Promise<void> {
    const numbers = Array.from({ length: count }, (_, n) => n);
    const remove = (n: number) =>
      this.#s3.send(new DeleteObjectCommand({ Bucket, Key: `${prefix}/${String(n).padStart(6, '0')}` }));
    await pMap(numbers, remove, { concurrency: 16 });
  }

  async #lag(bucket: string): Promise<Lag> {
    const entries: Entry[] = [];
    for (;;) {
      const after = entries.at(-1)?.key;
      const page = await this.#catalog.listEntries(`s3://${bucket}`, {
        prefix: 'k/',
        ...(after === undefined ? {} : { after }),
      });
      entries.push(...page.entries);
      if (!page.more) break;
    }
    const lags = entries.flatMap(({ lagMs }) => (lagMs === undefined ? [] : [lagMs]));
    return { p50: percentile(lags, 0.5), p99: percentile(lags, 0.99), max: Math.max(...lags) };
  }

  #settled(bucket: string): Promise<void> {
    return this.#holdfast('status', `s3://${bucket}`, '--wait');
  }

  async #holdfast(...args: string[]): Promise<void> {
    const { code, stderr } = await holdfastJson(args, this.#env);
    if (code !== 0) throw new Error(`holdfast ${args.join(' ')} ended with ${code}: ${stderr}`);
  }
}
