import { REASON_TEXT } from '@holdfast/core/model/entry.ts';
import type { ObjectPlace } from '@holdfast/core/source/object-versions.ts';
import type { Connection, Context } from '../context.ts';

/** The newest version in the vault may not be the source's present one, and the catalog knows why. */
export async function noteUnprotected(
  { source, key }: ObjectPlace,
  { world }: Connection,
  { output }: Context,
): Promise<void> {
  const entry = await world.catalog.getEntry(source, key);
  if (entry?.state !== 'unprotected' || entry.reason === undefined) return;
  output.note(`its present state at the source is not in the vault: ${REASON_TEXT[entry.reason]}`);
}
