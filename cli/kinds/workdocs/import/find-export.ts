import { type ExportPlace, folderOf, isZipKey } from '@holdfast/core/kinds/workdocs/import/import-names.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { ObjectStore } from '@holdfast/core/ports/object-store.ts';
import { visibleKey } from '../../../text/visible.ts';

type Store = Pick<ObjectStore, 'list'>;

const SHOWN = 3;

/**
 * Where an export lies: a folder, whether its slash was written or not, or one zip. Never what merely begins with the same
 * letters, which may be the export of other people.
 *
 * @throws {InvalidInputError} for what is both, and for the beginning of a name
 */
export async function findExport(place: ExportPlace, store: Store): Promise<ExportPlace> {
  const { bucket, prefix } = place;
  const folder = { bucket, prefix: folderOf(prefix) };
  if (folder.prefix === prefix) return place;
  const [isFolder, beginning] = await Promise.all([has(folder, store), names(place, store)]);
  const isZip = isZipKey(prefix) && beginning.includes(prefix);
  if (isFolder && isZip) {
    throw new InvalidInputError(
      `${uriOf(place)} is a zip, and ${uriOf(folder)} a folder: name the folder with its slash, or, for the zip alone, ` +
        'copy it into a folder of its own',
    );
  }
  if (isFolder) return folder;
  if (isZip || beginning.length === 0) return place;
  const shown = beginning.slice(0, SHOWN).map((name) => uriOf({ bucket, prefix: name }));
  throw new InvalidInputError(
    `${uriOf(place)} is neither a folder nor a zip, but the beginning of ${shown.join(', ')}` +
      `${beginning.length > SHOWN ? ' and more' : ''}: name one`,
  );
}

async function has(place: ExportPlace, store: Store): Promise<boolean> {
  return (await store.list({ ...place, limit: 1 })).objects.length > 0;
}

/** The folders and objects that begin so, as far as one page shows them. */
async function names({ bucket, prefix }: ExportPlace, store: Store): Promise<string[]> {
  const { objects } = await store.list({ bucket, prefix });
  const all = objects.map(({ key }) => {
    const slash = key.indexOf('/', prefix.length);
    return slash < 0 ? key : key.slice(0, slash + 1);
  });
  return [...new Set(all)];
}

function uriOf({ bucket, prefix }: ExportPlace): string {
  return `s3://${bucket}/${visibleKey(prefix)}`;
}
