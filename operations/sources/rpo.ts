import type { Rpo, SourceJson } from '../json/sources.ts';
import { seconds } from '../seconds.ts';

/** What is to be said of how far a source is known to be in the vault; at most one line. */
export function rpoTroubles({
  source,
  rpo,
  renewWith,
}: Pick<SourceJson, 'source' | 'rpo' | 'renewWith'>): string[] {
  if (renewWith !== null)
    return [
      `${source}: an earlier version protected it: nothing checks it each hour, and tags that change are not captured; run again: ${renewWith}`,
    ];
  if (rpo === null) return [];
  const found = rpo.trouble === null ? '' : `: ${rpo.trouble}`;
  if (rpo.overdue) return [`${source}: nothing ${since(rpo)} shows that its changes arrive${found}`];
  return rpo.trouble === null ? [] : [`${source}: the last hourly check found trouble${found}`];
}

function since({ at }: Rpo): string {
  return at === null ? 'so far' : `since ${seconds(Date.parse(at))}`;
}
