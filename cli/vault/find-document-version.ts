import type { SiteState } from '@holdfast/core/kinds/workdocs/history/site-entries.ts';
import { siteStatesAt } from '@holdfast/core/kinds/workdocs/history/site-states.ts';
import { siteVersion } from '@holdfast/core/kinds/workdocs/history/site-version.ts';
import { defined } from '@holdfast/core/model/defined.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Connection } from '../context.ts';
import type { MomentOrVersion } from '../options.ts';
import type { ObjectUri } from '../sources/object-argument.ts';
import { seconds } from '../text/format.ts';
import { type FoundVersion, noVersion, uriOf } from './found-version.ts';

/**
 * The version of a document that was current at a moment, or the one of an id of WorkDocs or the vault.
 *
 * @throws {InvalidInputError} when there is none, with what there is instead
 */
export async function findDocumentVersion(
  object: ObjectUri,
  wanted: MomentOrVersion,
  { world }: Pick<Connection, 'world'>,
): Promise<FoundVersion> {
  const place = { source: object.source, prefix: object.key };
  if ('versionId' in wanted) {
    const state = await siteVersion(place, wanted.versionId, world);
    if (state === undefined) throw noVersion(object, wanted.versionId);
    return found(object, state);
  }
  const states = await Array.fromAsync(siteStatesAt(place, wanted.at, world));
  const [state] = states.filter(({ key, documentId }) => key === object.key && documentId !== undefined);
  if (state?.current === undefined) throw new InvalidInputError(whyNot(object, wanted.at, state));
  return found(object, state);
}

function found(object: ObjectUri, { current, deleted, checksum, lacking }: SiteState): FoundVersion {
  const version = current ?? deleted?.last;
  if (version === undefined || version.versionId === '')
    throw new InvalidInputError(
      `the vault has not the bytes of ${uriOf(object)}: ${lacking ?? 'they have expired'}`,
    );
  return { version, ...defined({ checksum, lacking }) };
}

function whyNot(object: ObjectUri, at: number, state: SiteState | undefined): string {
  const uri = uriOf(object);
  const isNow = at === Number.MAX_SAFE_INTEGER;
  if (state?.deleted === undefined)
    return `the vault has no document ${uri}${isNow ? '' : ' at that moment'}: holdfast ls ${object.source} shows what it holds`;
  const version =
    state.siteVersionId === undefined ? '' : `, --at ${state.siteVersionId} is what there was last`;
  const when = isNow ? '' : ' by then';
  return `${uri} was deleted${when}, at ${seconds(state.deleted.at)}: holdfast versions ${uri} shows its history${version}`;
}
