import type { SitePlaceLine, SiteVersionLine } from '../../operations/json/site-versions.ts';
import type { VersionLine } from '../../operations/json/versions.ts';
import type { HistoryOfOne } from '../../operations/objects/list-versions.ts';
import { bytes, seconds } from '../text/format.ts';
import { pad } from '../text/table.ts';
import { visible, visibleKey } from '../text/visible.ts';

/** A line of `versions` for people. @param isFirstPlace it is the first that says where something was */
export function versionText(line: HistoryOfOne, isFirstPlace: boolean): string[] {
  if (!('kind' in line)) return vaultText(line);
  if (line.kind === 'version') return [madeText(line)];
  return isFirstPlace ? ['', placeText(line)] : [placeText(line)];
}

/** A version; above it, since the newest is first, when its tags changed. */
function vaultText({
  state,
  capturedAt,
  endedAt,
  size,
  vaultVersionId,
  differsBy,
  taggedAt,
}: VersionLine): string[] {
  const end = endedAt === null ? state : `${state} ${seconds(Date.parse(endedAt))}`;
  if (capturedAt === null) return [`${end}; its versions have expired`];
  const version = [
    seconds(Date.parse(capturedAt)),
    pad(bytes(size ?? 0), 10, 'right'),
    pad(vaultVersionId ?? '-', 32),
    ...(differsBy === null || differsBy === 'content' ? [end] : [end, SAME[differsBy]]),
  ];
  return [
    ...taggedAt.map((at) => `${seconds(Date.parse(at))}  ${pad('', 10)}  tags changed`),
    version.join('  '),
  ];
}

/** What is to be said of a version with the bytes of the one before it. */
const SAME = { tags: 'same bytes, other tags', metadata: 'same bytes and tags' };

function madeText(line: SiteVersionLine): string {
  const { number, versionId, state, createdAt, createdBy, size, vaultVersionId, lacking } = line;
  return [
    pad(`v${number}`, 4),
    createdAt === null ? pad('-', 20) : seconds(Date.parse(createdAt)),
    pad(size === null ? '-' : bytes(size), 10, 'right'),
    pad(visible(versionId), 32),
    ...(createdBy === null ? [] : [`by ${visibleKey(createdBy)}`]),
    vaultVersionId === null ? `${state}, not in the vault${lacking === null ? '' : ` (${lacking})`}` : state,
  ].join('  ');
}

function placeText({ at, event, path }: SitePlaceLine): string {
  return `${seconds(Date.parse(at))}  ${pad(event, 8)}  ${visibleKey(path)}`;
}
