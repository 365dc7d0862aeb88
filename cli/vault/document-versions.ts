import {
  type DocumentPlace,
  type DocumentVersionFacts,
  documentHistory,
} from '@holdfast/core/kinds/workdocs/history/document-history.ts';
import { InvalidInputError } from '@holdfast/core/model/errors.ts';
import type { Connection, Context } from '../context.ts';
import { EXIT, type ExitCode } from '../exit-codes.ts';
import { moment } from '../json/moment.ts';
import type { SitePlaceLine, SiteVersionLine } from '../json/site-versions.ts';
import type { ObjectUri } from '../sources/object-argument.ts';
import { bytes, seconds } from '../text/format.ts';
import { pad } from '../text/table.ts';
import { visible, visibleKey } from '../text/visible.ts';
import { uriOf } from './found-version.ts';

type Base = Pick<SiteVersionLine, 'source' | 'key' | 'documentId'>;

/** Tells the versions of a document of a site, and where it was. @throws {InvalidInputError} when there is none */
export async function tellDocument(
  object: ObjectUri,
  { world }: Connection,
  { output }: Context,
): Promise<ExitCode> {
  const { source, key } = object;
  const history = await documentHistory({ source, prefix: key }, world);
  if (history === undefined)
    throw new InvalidInputError(
      `the vault holds no document ${uriOf(object)}, nor one that was deleted there: holdfast ls ${source} shows what it holds`,
    );
  const { documentId, versions, places } = history;
  const base = { source, key, documentId };
  const versionLines = versions.map((one) => versionLine(base, one)).reverse();
  const placeLines = places.map((one) => placeLine(base, one)).reverse();
  if (output.json) for (const line of [...versionLines, ...placeLines]) output.document(line);
  else output.lines(...versionLines.map(versionText), '', ...placeLines.map(placeText));
  return EXIT.done;
}

function versionLine(base: Base, facts: DocumentVersionFacts): SiteVersionLine {
  const { number, version, state, createdBy, there, lacking } = facts;
  return {
    ...base,
    ...{ kind: 'version', number, versionId: version.id, name: version.name ?? null, state },
    createdAt: moment(version.createdAt),
    createdBy: createdBy ?? null,
    size: there?.size ?? version.size ?? null,
    vaultVersionId: there?.versionId ?? null,
    storageClass: there?.storageClass ?? null,
    lacking: lacking ?? null,
  };
}

function placeLine(base: Base, { at, event, path }: DocumentPlace): SitePlaceLine {
  return { ...base, kind: 'place', at: moment(at), event, path };
}

function versionText(line: SiteVersionLine): string {
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
