import { checksums } from '@holdfast/core/aws/checksums.ts';
import { protectedSource } from '@holdfast/core/catalog/register-source.ts';
import { importExport } from '@holdfast/core/kinds/workdocs/import/import-export.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';
import { MemoryCatalog } from '../../testing/memory/memory-catalog.ts';
import { VirtualZip, withVirtualZip } from '../../testing/zips/virtual-zip.ts';
import { PROBE_SETTINGS } from '../measure/probe-settings.ts';

const SOURCE = 'workdocs://d-1234567890';

/** What an import asked for, and what it came to. */
export type Imported = {
  readonly entries: number;
  readonly imported: number;
  readonly bytes: number;
  readonly messages: number;
  readonly requests: Readonly<Record<string, number>>;
};

/** Counts requests, and keeps nothing but what an import asks for again. */
class Forgetful {
  readonly requests: Record<string, number> = {};
  readonly #catalog = new MemoryCatalog();
  readonly queue: string[] = [];
  messages = 0;

  count(name: string): void {
    this.requests[name] = (this.requests[name] ?? 0) + 1;
  }

  vault(): ObjectStore {
    const written = { etag: 'e', versionId: 'v' };
    const answers: Partial<ObjectStore> = {
      put: async () => written,
      write: async () => written,
      beginMultipart: async ({ to }) => ({ ...to, uploadId: 'u' }),
      writePart: async (_, number) => ({ number, etag: 'e' }),
      completeMultipart: async () => written,
    };
    return answers as ObjectStore;
  }

  /** Documents are new and are not asked for again; folders and users are. */
  catalog(): MemoryCatalog {
    const catalog = this.#catalog;
    return new Proxy(catalog, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          this.count(`catalog ${String(name)}`);
          if (name === 'putEntry' && (args[0] as { key: string }).key.startsWith('document/')) return true;
          return value.apply(target, args);
        };
      },
    });
  }

  counting<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const value: unknown = Reflect.get(target, name);
        if (typeof value !== 'function') return value;
        return (...args: unknown[]) => {
          this.count(`S3 ${String(name)}`);
          return value.apply(target, args);
        };
      },
    });
  }
}

/** Imports a zip of so many entries of so many bytes each, message by message, as one function would. */
export async function importOf(entries: number, bytes: number): Promise<Imported> {
  const world = new Forgetful();
  const zip = new VirtualZip({ entries, bytes });
  const catalog = world.catalog();
  const settings = { source: SOURCE, protectedAt: 0, site: { importedFrom: 's3://exports' } };
  await catalog.putSource(protectedSource(settings, undefined, 'ok'));
  const place = { bucket: 'exports', key: 'alice.zip' };
  const store = world.counting(withVirtualZip(world.vault(), zip, place));
  const request = { kind: 'import', export: 's3://exports', source: SOURCE, jobId: 'i1' };
  world.queue.push(JSON.stringify(request));
  for (let body = world.queue.shift(); body !== undefined; body = world.queue.shift()) {
    const messageId = `m${++world.messages}`;
    await importExport(
      body,
      { messageId, receiveCount: 1, timeLeft: () => 900_000 },
      {
        store,
        catalog,
        queue: {
          send: async (queue, bodies) => {
            if (queue === 'import') world.queue.push(...bodies);
          },
        },
        telemetry: { metric: () => {}, error: () => {}, warn: () => {}, info: () => {} },
        clock: Date.now,
        settings: PROBE_SETTINGS,
        checksums,
      },
    );
  }
  const counts = (await catalog.getJob('i1'))?.counts ?? {};
  return {
    entries: counts['entries'] ?? 0,
    imported: counts['imported'] ?? 0,
    bytes: counts['importedBytes'] ?? 0,
    messages: world.messages,
    requests: world.requests,
  };
}

// In a process of its own, whose memory is then the import's alone.
if (process.argv[1] === import.meta.filename) {
  const imported = await importOf(Number(process.argv[2]), Number(process.argv[3]));
  process.stdout.write(JSON.stringify(imported));
}
