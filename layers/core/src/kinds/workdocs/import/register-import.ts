import { registerSource } from '../../../catalog/register-source.ts';
import { InvalidInputError } from '../../../model/errors.ts';
import type { Source } from '../../../model/source.ts';
import type { World } from '../../../ports/world.ts';
import { isImport } from './is-import.ts';

/**
 * Checks that an export may go into a site. A site that is read live is never mixed with one: the ids of an export are made of
 * names, so every document would be there twice. Several exports may go into one site, which then has the versions of all.
 *
 * @throws {InvalidInputError} when the source is a live site
 */
export function checkImportable(known: Source | undefined, source: string): void {
  if (known === undefined || isImport(known)) return;
  throw new InvalidInputError(
    `${source} is a site that is, or was, backed up as it lives: name another for the export, with --as workdocs://…`,
  );
}

/**
 * Registers the site that an export goes into: its settings in the vault, then its row (I1). Of several exports it names the
 * last one; each record has its own.
 *
 * @throws {InvalidInputError} as {@link checkImportable}
 */
export async function registerImport(
  source: string,
  from: string,
  world: Pick<World, 'store' | 'catalog' | 'settings' | 'clock'>,
): Promise<void> {
  const known = await world.catalog.getSource(source);
  checkImportable(known, source);
  const protectedAt = known?.protectedAt ?? world.clock();
  await registerSource({ source, protectedAt, site: { importedFrom: from } }, world);
}
