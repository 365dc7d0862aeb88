import { encodePart } from '../model/site-path.ts';
import { type DocumentLeaf, type LeafOptions, RecordLeaf } from './document-leaf.ts';
import type { Leaf } from './site-entries.ts';
import type { Place } from './site-folders.ts';
import { beforeExtension, freeName, uniqueNames } from './unique-names.ts';

/** What is in one folder, beside other folders. */
export type FolderContents = { readonly documents: DocumentLeaf[]; readonly records: RecordLeaf[] };

/**
 * Gives everything in one folder a name of its own: first documents, then what is put beside them. Folders keep theirs, and
 * what was deleted stands in nobody's way.
 */
export function nameLeaves(
  place: Place,
  contents: FolderContents,
  isWanted: (key: string) => boolean,
  options: LeafOptions,
): readonly Leaf[] {
  const naming = { place, isWanted, options };
  const isLive = ({ deletedAt }: Leaf) => deletedAt === undefined;
  return [
    ...nameSome(only(contents, isLive), new Set(place.names), naming),
    ...nameSome(
      only(contents, (leaf) => !isLive(leaf)),
      new Set(),
      naming,
    ),
  ];
}

type Naming = {
  readonly place: Place;
  readonly isWanted: (key: string) => boolean;
  readonly options: LeafOptions;
};

function only({ documents, records }: FolderContents, which: (leaf: Leaf) => boolean): FolderContents {
  return { documents: documents.filter(which), records: records.filter(which) };
}

function nameSome(
  { documents, records }: FolderContents,
  taken: Set<string>,
  { place, isWanted, options: { allVersions, sidecars } }: Naming,
): Leaf[] {
  for (const [index, name] of uniqueNames(documents, taken).entries()) {
    const document = documents[index];
    if (document !== undefined) document.name = name;
  }
  const wanted = documents.filter(({ name }) => isWanted(place.key + encodePart(name)));
  const leaves: Leaf[] = [...wanted];
  if (allVersions) leaves.push(...wanted.flatMap((document) => otherVersions(document, taken)));
  if (sidecars) leaves.push(...wanted.flatMap((document) => sidecar(document, taken)));
  if (isWanted(place.key))
    leaves.push(...records.map((folder) => folder.named(freeName(folder.name, taken))));
  return leaves;
}

function sidecar({ name, record, deletedAt }: DocumentLeaf, taken: Set<string>): Leaf[] {
  if (record === undefined) return [];
  return [new RecordLeaf(freeName(`${name}.workdocs.json`, taken), record, deletedAt)];
}

function otherVersions(document: DocumentLeaf, taken: Set<string>): Leaf[] {
  const [stem, extension] = beforeExtension(document.name);
  return document.others.map((other) =>
    document.other(freeName(`${stem} (v${other.number})${extension}`, taken), other),
  );
}
