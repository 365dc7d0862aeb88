import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import { visibleKey } from '@holdfast/core/model/visible.ts';
import type { Nouns } from '@holdfast/core/source/nouns.ts';
import type {
  FoundVersion,
  MomentOrVersion,
  NoVersion,
  ObjectPlace,
} from '@holdfast/core/source/object-versions.ts';
import type { Connection } from '../connection.ts';
import type { Kinds } from '../kind.ts';
import { seconds } from '../seconds.ts';

/**
 * The version of one object that was current at a moment, or the one of an id.
 *
 * @throws {InvalidInputError} when there is none, with what there is instead
 */
export async function findVersion(
  object: ObjectPlace,
  wanted: MomentOrVersion,
  { world }: Pick<Connection, 'world'>,
  { kinds }: Kinds,
): Promise<FoundVersion> {
  const { history, nouns } = kinds.of(object.source);
  const found = await history.version(object, wanted, world);
  if ('version' in found) return found;
  throw new InvalidInputError(whyNot(object, wanted, found, nouns));
}

function whyNot(
  object: ObjectPlace,
  wanted: MomentOrVersion,
  none: NoVersion,
  { nothingOf }: Pick<Nouns, 'nothingOf'>,
): string {
  const uri = uriOf(object);
  const history = `holdfast versions ${uri} shows its history`;
  const at = 'at' in wanted ? wanted.at : Number.MAX_SAFE_INTEGER;
  switch (none.absent) {
    case 'object': {
      const when = none.at === undefined ? '' : ' at that moment';
      return `the vault has ${nothingOf(uri)}${when}: holdfast ls ${object.source} shows what it holds`;
    }
    case 'version':
      return neither(object, 'versionId' in wanted ? wanted.versionId : '');
    case 'not-yet':
      return `${uri} was not there yet at ${seconds(at)}, its oldest version is of ${seconds(none.oldest)}: ${history}`;
    case 'deleted': {
      const last = none.last === undefined ? '' : `, --at ${none.last} is what there was last`;
      return `${uri} was deleted at ${seconds(none.at)}: ${history}${last}`;
    }
    case 'bytes':
      return `the vault has not the bytes of ${uri}: ${none.why ?? 'they have expired'}`;
  }
}

/** Of an id that nothing goes by; it may have been meant for a moment. */
function neither(object: ObjectPlace, versionId: string): string {
  const uri = uriOf(object);
  return `"${versionId}" is neither a moment nor a version of ${uri}: holdfast versions ${uri} shows what there is`;
}

/** For an id that nothing goes by. */
export function noVersion(object: ObjectPlace, versionId: string): InvalidInputError {
  return new InvalidInputError(neither(object, versionId));
}

export function uriOf({ source, key }: ObjectPlace): string {
  return `${source}/${visibleKey(key)}`;
}
