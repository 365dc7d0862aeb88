import { StoreError } from '@holdfast/core/model/errors.ts';
import { type Archive, archiveOf, type ObjectFacts } from '@holdfast/core/model/object.ts';
import { type ThawRequest, thawTime, tierFor } from '@holdfast/core/model/thaw.ts';
import type { ThawAnswer } from '@holdfast/core/ports/object-store.ts';
import type { Content, Thawing } from './s3-content.ts';

const DAY_MS = 24 * 3600 * 1000;

/** The archive that the bytes lie in now; a thaw in Intelligent-Tiering moves them out of it for good. */
function archiveIn(content: Content, now: number): Archive | undefined {
  const isMoved = content.archiveStatus !== undefined && isThawed(content, now);
  return archiveOf(content.storageClass) ?? (isMoved ? undefined : content.archiveStatus);
}

/** True when the bytes must be thawed before they can be read. */
export function isFrozen(content: Content, now: number): boolean {
  return archiveIn(content, now) !== undefined && !isThawed(content, now);
}

export function archiveFacts(
  content: Content,
  now: number,
): Pick<ObjectFacts, 'archived' | 'archive' | 'thaw'> {
  const archive = archiveIn(content, now);
  if (archive === undefined) return { archived: false };
  const { thaw } = content;
  const archived = !isThawed(content, now);
  if (thaw === undefined || isExpired(thaw, now)) return { archived, archive };
  if (archived) return { archived, archive, thaw: { state: 'thawing' } };
  const until = thaw.until === undefined ? {} : { until: thaw.until };
  return { archived, archive, thaw: { state: 'thawed', ...until } };
}

/**
 * Asks for the bytes, as RestoreObject does.
 *
 * @throws StoreError `not-archived`; `invalid` for a tier or days that the archive does not take
 */
export function askThaw(content: Content, request: ThawRequest, now: number): ThawAnswer {
  const archive = archiveIn(content, now);
  if (archive === undefined) throw new StoreError('not-archived', 'the object is in no archive');
  checkRequest(archive, content, request);
  const { thaw } = content;
  if (thaw !== undefined && now < thaw.readyAt) return 'thawing';
  if (isThawed(content, now)) {
    content.thaw = thawing(thaw?.readyAt ?? now, now, request);
    return 'thawed';
  }
  const { least, most } = thawTime(archive, request.tier);
  const readyAt = now + (least + most) / 2;
  content.thaw = thawing(readyAt, readyAt, request);
  return 'asked';
}

function checkRequest(archive: Archive, content: Content, { tier, days }: ThawRequest): void {
  if (tierFor(archive, tier) !== tier)
    throw new StoreError('invalid', `there is no ${tier} retrieval from ${archive}`);
  const isTiering = content.archiveStatus !== undefined;
  if ((days === undefined) !== isTiering)
    throw new StoreError('invalid', isTiering ? 'Days is not taken here' : 'Days is missing');
}

function thawing(readyAt: number, from: number, { days }: ThawRequest): Thawing {
  return { readyAt, ...(days === undefined ? {} : { until: from + days * DAY_MS }) };
}

function isThawed({ thaw }: Content, now: number): boolean {
  return thaw !== undefined && now >= thaw.readyAt && !isExpired(thaw, now);
}

function isExpired({ until }: Thawing, now: number): boolean {
  return until !== undefined && now >= until;
}
