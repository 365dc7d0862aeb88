import type { Tags } from '@holdfast/core/model/object.ts';

export const TAGS_HELP =
  'buckets: also read tags, at two requests and more for each copy of the same bytes, and each record of a large object’s tags';

/** How two sets of tags differ, by name: `stage: raw -> done, +owner=anna, -old=1`. */
export function tagsText(before: Tags, after: Tags): string {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.flatMap((name) => changeOf(name, valueIn(before, name), valueIn(after, name))).join(', ');
}

function changeOf(name: string, was: string | undefined, is: string | undefined): string[] {
  if (was === is) return [];
  if (was === undefined) return [`+${name}=${is}`];
  return [is === undefined ? `-${name}=${was}` : `${name}: ${was} -> ${is}`];
}

/** A tag may have any name, also one that every object has. */
function valueIn(tags: Tags, name: string): string | undefined {
  return Object.hasOwn(tags, name) ? tags[name] : undefined;
}
