import type { Problem } from '../../../model/job.ts';
import type { Checksums } from '../../../ports/checksums.ts';
import type { Delivery, Unwired } from '../../../ports/world.ts';
import type { Refusal } from './entry-path.ts';
import type { ImportStep, ImportTerms, ZipRef } from './import-messages.ts';
import { type ExportPlace, ownerOf, type ZipOwner } from './import-names.ts';
import type { VersionNames } from './version-names.ts';
import type { ZipPlace } from './zip-reader.ts';

/** The world of an import: of the export it lists and reads, nothing else. */
export type ImportWorld = Unwired & { readonly checksums: Checksums };

/** One import: what it reads, and the site that it goes into. */
export type Import = {
  readonly jobId: string;
  readonly site: string;
  readonly terms: ImportTerms;
  readonly place: ExportPlace;
  readonly versionNames: VersionNames;
};

/** What a step came to. */
export type StepResult = {
  /** Chains of steps that it opened, less the one that it ended. */
  readonly openRanges?: number;
  readonly batchesQueued?: number;
  readonly batchesDone?: number;
  readonly counts?: Readonly<Record<string, number>>;
  readonly problems?: readonly Problem[];
  readonly continuations?: readonly ImportStep[];
};

/** A step's way into the world. */
export type StepContext = {
  readonly run: Import;
  readonly delivery: Delivery;
  readonly world: ImportWorld;
};

/** A step stops so long before its function is stopped, and hands on. */
const STOP_BEFORE_END_MS = 60_000;

export function timeIsShort({ delivery }: Pick<StepContext, 'delivery'>): boolean {
  return delivery.timeLeft() < STOP_BEFORE_END_MS;
}

export function zipPlace({ place }: Pick<Import, 'place'>, zip: ZipRef): ZipPlace {
  return { bucket: place.bucket, ...zip };
}

export function zipOwner(
  { site, place }: Pick<Import, 'site' | 'place'>,
  { key }: Pick<ZipRef, 'key'>,
): ZipOwner {
  return ownerOf(site, place, key);
}

/** Names may be long; a report has room for many problems, not for one. */
const SHOWN = 500;

/** A zip's problem, or with a name that of something in it. */
export function problemOf(zip: Pick<ZipRef, 'key'>, name: string | undefined, why: Refusal): Problem {
  const key = name === undefined ? zip.key : `${zip.key}: ${name}`;
  return { key: key.slice(0, SHOWN), reason: why.reason, detail: why.detail.slice(0, SHOWN) };
}

/** Adds up counts. */
export class Counter {
  readonly counts: Record<string, number> = {};

  add(name: string, by = 1): void {
    this.counts[name] = (this.counts[name] ?? 0) + by;
  }
}
