import { rememberSources } from '@holdfast/core/catalog/source-lookup.ts';
import { CatalogError, StoreError } from '@holdfast/core/model/errors.ts';
import type { Catalog } from '@holdfast/core/ports/catalog.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';
import type { ModelledAws } from './aws.ts';
import { CATALOG_OPERATIONS, type Operation, STORE_OPERATIONS } from './operations.ts';

/** What the adapter waits before it tries a transaction again that met another one. See dynamo-table.ts. */
const CONFLICT_BASE_MS = 20;
const CONFLICT_ATTEMPTS = 12;

/** One running copy of a function: its share of a CPU, its SDK clients with their retries, and its ways to AWS. */
export class Instance {
  readonly store: ObjectStore;
  readonly catalog: Catalog;
  readonly sources: ReturnType<typeof rememberSources>;
  readonly #aws: ModelledAws;
  readonly #cpuShare: number;
  #cpuFreeAt = 0;
  #retryTokens: number;

  constructor(aws: ModelledAws, memoryMiB: number) {
    this.#aws = aws;
    this.#cpuShare = Math.min(1, memoryMiB / aws.settings.limits.memoryPerCpu);
    this.#retryTokens = aws.settings.sdk.retryTokens;
    this.store = modelled(aws.store, (name, args, size) => this.#askStore(name, args, size));
    this.catalog = modelled(aws.catalog, (name, args, size) => this.#askCatalog(name, args, size));
    this.sources = rememberSources({ catalog: this.catalog, clock: () => aws.time.now });
  }

  #askStore(name: string, args: readonly unknown[], size: number): Promise<void> {
    const operation = STORE_OPERATIONS[name as keyof typeof STORE_OPERATIONS];
    return this.#ask(operation, bucketOf(args[0]), size, this.#aws.settings.sdk.s3Attempts);
  }

  async #askCatalog(name: string, args: readonly unknown[], size: number): Promise<void> {
    const operation = CATALOG_OPERATIONS[name as keyof Catalog];
    const attempts = this.#aws.settings.sdk.tableAttempts;
    if (name !== 'completeStep') return this.#ask(operation, this.#partition(name, args), size, attempts);
    const { jobId } = args[0] as { jobId: string };
    await this.#alone(jobId, () => this.#ask(operation, 'jobs', size, attempts));
  }

  #partition(name: string, args: readonly unknown[]): string {
    if (name === 'getEntry') return this.#aws.entryPartition(args[0] as string, args[1] as string);
    if (name === 'putEntry') {
      const { source, key } = args[0] as { source: string; key: string };
      return this.#aws.entryPartition(source, key);
    }
    if (name === 'listEntries') {
      const { after = '' } = (args[1] ?? {}) as { after?: string };
      return this.#aws.entryPartition(args[0] as string, after);
    }
    return /Job|Step|Deletions|Problems/.test(name) ? 'jobs' : 'sources';
  }

  /** A request with the SDK's retries. @throws as the adapter does when it gives up */
  async #ask(operation: Operation, partition: string, size: number, attempts: number): Promise<void> {
    const { time, random, settings, ledger } = this.#aws;
    const cpuMs = (settings.cpu[operation.cpu] * Math.max(0.05, size)) / this.#cpuShare;
    const latency = operation.latency === 'tablePage' && size < 0.1 ? 'table' : operation.latency;
    for (let attempt = 0; ; attempt += 1) {
      this.#cpuFreeAt = Math.max(this.#cpuFreeAt, time.now) + cpuMs;
      const answered = this.#cpuFreeAt + random.sample(settings.latency[latency]);
      const admitted = this.#aws.admit(operation, partition);
      await time.until(answered);
      if (admitted) {
        this.#refill(attempt);
        ledger.add(operation.kind, {}, size < 1 ? 1 : (operation.requests ?? 1));
        ledger.bill(sized(operation, size));
        return;
      }
      ledger.throttled += 1;
      if (attempt + 1 >= attempts || !this.#spendToken()) throw refusal(operation);
      const longest = Math.min(settings.sdk.longestDelayMs, settings.sdk.throttledDelayMs * 2 ** attempt);
      await time.sleep(random.next() * longest);
    }
  }

  #spendToken(): boolean {
    const { retryCost } = this.#aws.settings.sdk;
    if (this.#retryTokens < retryCost) return false;
    this.#retryTokens -= retryCost;
    return true;
  }

  #refill(retries: number): void {
    const { retryTokens, retryCost } = this.#aws.settings.sdk;
    this.#retryTokens = Math.min(retryTokens, this.#retryTokens + (retries > 0 ? retryCost : 1));
  }

  /** DynamoDB cancels a transaction on a row that another one holds. */
  async #alone(jobId: string, work: () => Promise<void>): Promise<void> {
    const { heldJobs, ledger, time, random } = this.#aws;
    for (let attempt = 0; heldJobs.has(jobId); attempt += 1) {
      if (attempt + 1 >= CONFLICT_ATTEMPTS) throw new CatalogError('transactions kept meeting each other');
      ledger.conflicts += 1;
      ledger.bill({ tableWrites: 4 });
      const full = Math.min(1000, CONFLICT_BASE_MS * 2 ** attempt);
      await time.sleep(
        random.sample(this.#aws.settings.latency.transaction) + full / 2 + (random.next() * full) / 2,
      );
    }
    heldJobs.add(jobId);
    try {
      await work();
    } finally {
      heldJobs.delete(jobId);
    }
  }
}

/** What a page costs depends on how full it is. */
function sized({ usage, limit }: Operation, size: number): Operation['usage'] {
  return limit === 'tableReads' && size < 1
    ? { tableReads: Math.max(0.5, (usage.tableReads ?? 0) * size) }
    : usage;
}

function refusal({ kind }: Operation): Error {
  const message = `${kind}: throttled, given up after the SDK's retries`;
  return kind.startsWith('s3') ? new StoreError('throttled', message) : new CatalogError(message);
}

function bucketOf(first: unknown): string {
  if (typeof first === 'string') return first;
  const { bucket, to } = first as { bucket?: string; to?: { bucket: string } };
  return to?.bucket ?? bucket ?? '';
}

type Ask = (name: string, args: readonly unknown[], size: number) => Promise<void>;
type Method = (...args: unknown[]) => unknown;

/** A port whose every request first takes as long as it would at AWS, and then does what the memory adapter does. */
function modelled<Port extends object>(port: Port, ask: Ask): Port {
  const methods = new Map<string | symbol, Method>();
  return new Proxy(port, {
    get(target, name) {
      const known = methods.get(name);
      if (known !== undefined) return known;
      const method = slowed(target, name as string, ask);
      methods.set(name, method);
      return method;
    },
  });
}

function slowed(target: object, name: string, ask: Ask): Method {
  const method = (Reflect.get(target, name) as Method).bind(target);
  if (name === 'listProblems') {
    return async function* (...args) {
      await ask(name, args, 1);
      yield* method(...args) as AsyncIterable<unknown>;
    };
  }
  // How long a page takes depends on what is on it: it is read first.
  if (name.startsWith('list') && name !== 'listParts') {
    return async (...args) => {
      const page = await method(...args);
      await ask(name, args, fullness(page));
      return page;
    };
  }
  return async (...args) => {
    await ask(name, args, 1);
    return method(...args);
  };
}

function fullness(page: unknown): number {
  const { objects, versions, entries } = page as Partial<Record<string, readonly unknown[]>>;
  return (objects ?? versions ?? entries ?? []).length / 1000;
}
