import { InvalidInputError } from '../../../model/errors.ts';
import { mayOverwrite, type Overwrite } from '../../../model/restore-request.ts';
import type { SiteReader } from '../site.ts';
import { lookAtTarget, type TargetDocument } from './target-document.ts';
import type { DocumentToRestore, VersionToRestore } from './thing-to-restore.ts';

/** What becomes of a document. Plan and run both ask here, so that one says what the other does. */
export type Judgement =
  /** There is none of that name that is this one's business. */
  | { readonly is: 'new' }
  /** `more`: what an earlier run began, or what the same document lacks. `over`: on top of one that differs. */
  | {
      readonly is: 'right' | 'more' | 'over';
      readonly found: TargetDocument;
      /** The versions that go up. */
      readonly lacking: readonly VersionToRestore[];
    }
  | { readonly is: 'conflict'; readonly detail: string };

/** @throws {InvalidInputError} when nothing is left of its path */
export function nameIn(path: readonly string[]): string {
  const name = path.at(-1) ?? '';
  if (name === '') throw new InvalidInputError('nothing is left of its path at the target: strip less of it');
  return name;
}

/** Compares a document with those of its name in a folder. Reads only. */
export async function judgeTarget(
  ids: readonly string[],
  thing: DocumentToRestore,
  overwrite: Overwrite,
  target: SiteReader,
): Promise<Judgement> {
  const found = await findTarget(ids, thing, target);
  if (found === undefined) return { is: 'new' };
  const behind = Math.max(-1, ...found.has) + 1 - found.has.size;
  if (behind > 0) {
    const detail = `${behind} of its versions are older than those that are there, and cannot be put under them`;
    return { is: 'conflict', detail };
  }
  const missing = lacking(found, thing);
  if (missing.length === 0) return { is: 'right', found, lacking: missing };
  if (isOwnWork(found)) return { is: 'more', found, lacking: missing };
  const copiedAt = thing.versions.at(-1)?.capturedAt ?? 0;
  if (mayOverwrite(overwrite, found.changedAt, copiedAt)) return { is: 'over', found, lacking: missing };
  const detail =
    'a document of this name is there and differs: left alone, as overwriting it was not asked for';
  return { is: 'conflict', detail };
}

/** The document of that name that is this one's copy, else its draft, else one that differs. */
async function findTarget(
  ids: readonly string[],
  thing: DocumentToRestore,
  target: SiteReader,
): Promise<TargetDocument | undefined> {
  const found: TargetDocument[] = [];
  for (const id of ids) {
    const document = await lookAtTarget(id, thing, target);
    if (document?.is === 'copy') return document;
    if (document !== undefined) found.push(document);
  }
  return found.find(({ is }) => is === 'draft') ?? found.find(({ is }) => is === 'stranger');
}

function isOwnWork({ is, has, current }: TargetDocument): boolean {
  return is === 'draft' || (current >= 0 && current === Math.max(-1, ...has));
}

/** The versions that go up: those behind what is there, or the last one again over what came after it. */
function lacking(
  { has, current }: TargetDocument,
  { versions }: DocumentToRestore,
): readonly VersionToRestore[] {
  if (current === versions.length - 1) return [];
  return has.size === versions.length ? versions.slice(-1) : versions.slice(has.size);
}
