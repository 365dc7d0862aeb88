import { InvalidInputError } from '../model/errors.ts';
import { compileFilter } from '../model/filter.ts';
import type { ListedObject } from '../model/object.ts';
import type { AcceptedRestore } from '../model/restore-request.ts';
import { mappingOf, sourceKey, targetKey } from '../model/target-key.ts';
import type { World } from '../ports/world.ts';
import type { SourceHistory } from '../source/source-kind.ts';
import { sourceObjects } from '../vault/listings.ts';

type Reader = Pick<World, 'store' | 'settings'> & { readonly history: Pick<SourceHistory, 'presence'> };

/** A target object that was looked at; `extra` when the source had nothing under its key. */
export type LookedAt = { readonly object: ListedObject; readonly extra: boolean };

/**
 * Walks through the target beside the source's history, and finds what the target has that the source had not: only
 * where the restore itself writes, so neither keys outside its prefix nor keys that its globs leave out.
 *
 * @param after only target keys after this one
 */
export async function* findExtras(
  request: Pick<
    AcceptedRestore,
    'source' | 'prefix' | 'at' | 'include' | 'exclude' | 'target' | 'stripPrefix' | 'map'
  >,
  after: string | undefined,
  world: Reader,
): AsyncGenerator<LookedAt> {
  const { source, prefix, at, target } = request;
  const mapping = mappingOf(request);
  const wanted = compileFilter(request);
  const behind = after === undefined ? undefined : sourceKey(mapping, after);
  const had = world.history.presence?.({ source, prefix, at, after: behind }, world);
  if (had === undefined) throw new InvalidInputError(`${source} is of a kind that no restore makes exact`);
  const place = targetKey(mapping, prefix);
  for await (const object of sourceObjects(target.bucket, place, { after }, world)) {
    const key = sourceKey(mapping, object.key);
    if (key === undefined || !wanted(key)) yield { object, extra: false };
    else yield { object, extra: !(await had.has(key)) };
  }
}
