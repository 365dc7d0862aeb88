import { sourceStackName } from '@holdfast/core/model/stack-names.ts';
import type { Connection } from '../connection.ts';
import type { SourceJson } from '../json/sources.ts';
import type { Kinds } from '../kind.ts';
import { SOURCE_TAG } from '../ports.ts';
import { sourceJson, unregisteredJson } from './source-json.ts';

/** Every source there is, by what the catalog says and by what CloudFormation says, ordered by name. */
export async function listSources(
  { world, stacks, stack, clock }: Connection,
  { kinds }: Kinds,
): Promise<SourceJson[]> {
  const [rows, views] = await Promise.all([world.catalog.listSources(), stacks.listSources(stack.name)]);
  const now = clock.now();
  const byName = new Map(views.map((view) => [view.name, view]));
  const known = rows.map((row) =>
    sourceJson(
      row,
      byName.get(sourceStackName(stack.name, row.source, kinds.addresses)),
      now,
      kinds.of(row.source).standing,
    ),
  );
  const named = new Set(rows.map(({ source }) => source));
  const unregistered = views.flatMap((view) => {
    const source = view.tags[SOURCE_TAG];
    return source === undefined || named.has(source) ? [] : [unregisteredJson(source, view)];
  });
  return [...known, ...unregistered].sort((a, b) => (a.source < b.source ? -1 : 1));
}
