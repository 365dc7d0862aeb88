import { createHash } from 'node:crypto';

// What a version that Holdfast brings into a site is marked with, as custom metadata of WorkDocs: which version of which
// document it is a copy of. By it a restore knows its own work again.

/** Which version of which document of which site. */
export type Origin = { readonly site: string; readonly documentId: string; readonly versionId: string };

const DOCUMENT = 'holdfast-document';
const VERSION = 'holdfast-origin';

/** Source: WorkDocs API model, CustomMetadataValueType: the range +-/ takes in comma, hyphen and full stop. */
const VALUE = /^[a-zA-Z0-9._+-/=][a-zA-Z0-9 ._+-/=]{0,255}$/;

/** The custom metadata of a version that is a copy: two of the eight properties that WorkDocs takes. */
export function originMark({ site, documentId, versionId }: Origin): Readonly<Record<string, string>> {
  return {
    [DOCUMENT]: markValue(`${site}/${documentId}`),
    [VERSION]: markValue(`${site}/${documentId}/${versionId}`),
  };
}

/** Whether custom metadata marks a copy of this version. */
export function isMarkOf(origin: Origin, metadata: Readonly<Record<string, string>> = {}): boolean {
  return metadata[VERSION] === originMark(origin)[VERSION];
}

/** Of which document a marked version is a copy; `none` without a mark. */
export function markedDocument(
  origin: Origin,
  metadata: Readonly<Record<string, string>> = {},
): 'this' | 'another' | 'none' {
  const marked = metadata[DOCUMENT];
  if (marked === undefined) return 'none';
  return marked === originMark(origin)[DOCUMENT] ? 'this' : 'another';
}

/** What is too long, or has a character that WorkDocs does not take, is known by its hash. */
function markValue(text: string): string {
  return VALUE.test(text) ? text : `sha256-${createHash('sha256').update(text).digest('hex')}`;
}
