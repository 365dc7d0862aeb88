import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Checksum } from '@holdfast/core/model/object.ts';
import type { RealVersion } from '@holdfast/core/vault/vault-history.ts';
import type { ObjectUri } from '../sources/object-argument.ts';
import { visibleKey } from '../text/visible.ts';

/** A version, and what is known of it beside what the vault's listing says. */
export type FoundVersion = {
  readonly version: RealVersion;
  /** Of the bytes, as the record of a document remembers it. */
  readonly checksum?: Checksum;
  /** Why it is not the one that was current. */
  readonly lacking?: string;
};

/** For an id that nothing goes by; it may have been meant for a moment. */
export function noVersion(object: ObjectUri, versionId: string): InvalidInputError {
  const uri = uriOf(object);
  return new InvalidInputError(
    `"${versionId}" is neither a moment nor a version of ${uri}: holdfast versions ${uri} shows what there is`,
  );
}

export function uriOf({ source, key }: ObjectUri): string {
  return `${source}/${visibleKey(key)}`;
}
