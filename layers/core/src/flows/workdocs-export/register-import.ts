import { InvalidInputError } from '../../model/errors.ts';
import type { Source } from '../../model/source.ts';

/**
 * Checks that an export may go into a site. A site that is read live is never mixed with one: the ids of an export are made of names,
 * so every document would be there twice. Several exports may go into one site, which then has the versions of all.
 *
 * @throws {InvalidInputError} when the source is a live site
 */
export function checkImportable(known: Source | undefined, source: string): void {
  if (known === undefined || known.site?.importedFrom !== undefined) return;
  throw new InvalidInputError(
    `${source} is a site that is backed up as it lives: name another for the export, with --as workdocs://…`,
  );
}
