import { estimateCost } from '@holdfast/core/cost/estimate.ts';
import { bandOf, type Inventory, InventoryCount } from '@holdfast/core/cost/inventory.ts';
import { usageOf } from '@holdfast/core/cost/requests.ts';
import { currentCopies, oldVersions } from '@holdfast/core/cost/storage.ts';
import { NO_USAGE, priceOf, total } from '@holdfast/core/cost/usage.ts';
import { describe, expect, it } from 'vitest';

const MIB = 1024 ** 2;
const GB = 1e9;
const COPIES = { multipartThresholdBytes: 1024 * MIB, partBytes: 256 * MIB };

function inventoryOf(...objects: Array<{ size: number; storageClass?: string; times?: number }>): Inventory {
  const count = new InventoryCount(COPIES);
  let order = 0;
  for (const { size, storageClass = 'STANDARD', times = 1 } of objects) {
    for (let n = 0; n < times; n++) {
      count.add({ key: `key-${order++}`, etag: 'e', size, lastModified: 0, storageClass });
    }
  }
  return count.result();
}

describe('priceOf', () => {
  it('is the price list', () => {
    const million = {
      ...NO_USAGE,
      s3Writes: 1e6,
      s3Reads: 1e6,
      tableWrites: 1e6,
      tableReads: 1e6,
      events: 1e6,
    };

    expect(priceOf(million)).toMatchObject({ s3: 5.4, dynamodb: 0.75, eventbridge: 1, sqs: 0, lambda: 0 });
    expect(total(priceOf({ ...NO_USAGE, gbSeconds: 1e6 }))).toBeCloseTo(13.33, 2);
  });

  it('takes no money for deletions', () => {
    expect(usageOf({ hide: 10, abortMultipart: 10 })).toEqual(NO_USAGE);
  });
});

describe('an inventory', () => {
  it('counts parts of what is copied in parts, and leaves out what is archived', () => {
    const inventory = inventoryOf(
      { size: 1024 * MIB },
      { size: 1025 * MIB },
      { size: 5 * 1024 * 1024 * MIB },
      { size: 7, storageClass: 'GLACIER' },
    );

    expect(inventory.small).toEqual({ objects: 1, bytes: 1024 * MIB });
    // 5 parts, and the most that S3 allows for 5 TiB.
    expect(inventory.large).toMatchObject({ objects: 2, parts: 5 + 10_000 });
    expect(inventory.archived).toEqual({ objects: 1, bytes: 7, keys: ['key-3'] });
  });

  it.each([
    [0, 0],
    [128 * 1024 - 1, 0],
    [128 * 1024, 1],
    [6 * 1024 * MIB, 5],
  ])('puts %i bytes into band %i', (size, band) => {
    expect(bandOf(size)).toBe(band);
  });

  it('samples a hundred keys at most, from all over', () => {
    const { sample } = inventoryOf({ size: 1, times: 12_345 });

    expect(sample.length).toBeGreaterThanOrEqual(50);
    expect(sample.length).toBeLessThanOrEqual(100);
    expect(new Set(sample).size).toBe(sample.length);
    expect(sample.some((key) => Number(key.slice(4)) > 6_000)).toBe(true);
  });
});

describe('storage', () => {
  const inventory = inventoryOf({ size: 10 * MIB, times: 100 });
  const bytes = 100 * 10 * MIB;

  it('keeps the copies of what is there in STANDARD', () => {
    expect(currentCopies(inventory)).toEqual({ bytes, dollars: (bytes / GB) * 0.023 });
  });

  it('holds a version for each change of the retention', () => {
    expect(oldVersions(2, inventory, { days: 90 })).toEqual({
      bytes: 180 * 10 * MIB,
      dollars: ((180 * 10 * MIB) / GB) * 0.023,
    });
  });

  it('bills the least time of a cold class, and the moves there', () => {
    const cold = { afterDays: 10, storageClass: 'GLACIER_IR' } as const;
    const { dollars } = oldVersions(2, inventory, { days: 30, cold });
    const gbOfADay = (2 * 10 * MIB) / GB;

    expect(dollars).toBeCloseTo(gbOfADay * 10 * 0.023 + gbOfADay * 90 * 0.004 + (60 / 1e6) * 20, 10);
  });

  it('leaves versions below 128 KiB where they are', () => {
    const tiny = inventoryOf({ size: 1000, times: 100 });
    const cold = { afterDays: 10, storageClass: 'DEEP_ARCHIVE' } as const;

    expect(oldVersions(5, tiny, { days: 90, cold }).dollars).toBeCloseTo(
      oldVersions(5, tiny, { days: 90 }).dollars,
    );
  });
});

describe('an estimate', () => {
  const plan = {
    retention: { days: 90 },
    work: { keysPerStep: 20_000 },
    changesPerDay: 1000,
    canary: true,
    acls: false,
  };
  const million = inventoryOf({ size: 1000, times: 1_000_000 });

  it('of a million small objects is near the design: copy, look and write each', () => {
    const { firstBackup, reconcile } = estimateCost(million, plan);

    expect(firstBackup.requests).toMatchObject({ copy: 1e6, head: 1e6, putEntry: 1e6 });
    expect(firstBackup.dollars).toBeGreaterThan(6);
    expect(firstBackup.dollars).toBeLessThan(7);
    // A sixth of the vault's copies is listed with it.
    expect(reconcile.requests['list']).toBeLessThan(1.25 * 1000);
  });

  it('of a bucket of few large objects is bound by their bytes', () => {
    const large = inventoryOf({ size: 1024 * 1024 * MIB, times: 100 });
    const { firstBackup } = estimateCost(large, plan);

    expect(firstBackup.seconds).toBeCloseTo(3 + (100 * 1024 * 1024 * MIB) / 16e9);
    expect(firstBackup.requests).toMatchObject({ copyPart: 100 * 4096, copy: 0 });
  });

  it('adds up what a month costs', () => {
    const { monthly } = estimateCost(million, plan);
    const { dollars, ...parts } = monthly;

    expect(dollars).toBeCloseTo(Object.values(parts).reduce((sum, part) => sum + (part?.dollars ?? 0), 0));
    // Eight pages each hour, whatever its size: of ten million no more.
    expect(monthly.checks.requests).toMatchObject({ list: 5760, listEntries: 5760 });
    expect(monthly.checks.dollars).toBeCloseTo(0.095, 2);
    const larger = estimateCost(inventoryOf({ size: 1000, times: 10_000_000 }), plan);
    expect(larger.monthly.checks).toEqual(monthly.checks);
    expect(monthly.captures.requests).toMatchObject({ event: 30_000, copy: 30_000 });
  });
});
