import { createHash } from 'node:crypto';
import { defined } from '../../../model/defined.ts';
import { parseMoment } from '../../../model/moment.ts';
import { namedValues } from '../../../model/named-values.ts';
import type { Permission, SiteComment } from '../model/records.ts';

// Which columns the tables of an export have is not published: they are told by what they are called, whatever the case,
// spaces and punctuation; a column that is not known is kept as it is.

export type TableKind = 'comments' | 'permissions';

/** What kind of table a file at a zip's root is, by its name: `comments.csv`, `alice_DocumentPermissions.csv`. */
export function tableKind(name: string): TableKind | undefined {
  const [, base] = /^(.*)\.csv$/i.exec(name) ?? [];
  if (base === undefined) return undefined;
  if (/comment|feedback|annotation/i.test(base)) return 'comments';
  return /permission|sharing|access/i.test(base) ? 'permissions' : undefined;
}

/** Names of columns, in small letters and nothing else; the first that a table has is taken. */
const WHERE = {
  path: [
    'path',
    'fullpath',
    'filepath',
    'documentpath',
    'resourcepath',
    'itempath',
    'location',
    'folderpath',
    'parentpath',
    'folder',
  ],
  name: [
    'documentname',
    'filename',
    'resourcename',
    'itemname',
    'name',
    'document',
    'file',
    'resource',
    'item',
    'foldername',
    'title',
  ],
} as const;
const VERSION = {
  version: ['version', 'versionid', 'versionnumber', 'documentversionid', 'documentversion'],
} as const;
const COMMENT = {
  id: ['commentid', 'id'],
  text: ['commenttext', 'comment', 'text', 'body', 'message', 'content', 'feedback'],
  by: [
    'commentedby',
    'commenter',
    'contributor',
    'author',
    'createdby',
    'username',
    'user',
    'useremail',
    'email',
    'contributoremail',
  ],
  at: [
    'createdtimestamp',
    'timestamp',
    'createdat',
    'created',
    'createddate',
    'commentedat',
    'date',
    'datetime',
    'time',
  ],
  status: ['status', 'commentstatus'],
  visibility: ['visibility', 'commentvisibility'],
  parentId: ['parentid', 'parentcommentid', 'replyto'],
  threadId: ['threadid'],
  recipientId: ['recipientid', 'recipient'],
} as const;
const PERMISSION = {
  principal: [
    'principal',
    'principalid',
    'principalname',
    'sharedwith',
    'grantee',
    'username',
    'user',
    'useremail',
    'email',
    'group',
    'userid',
    'member',
  ],
  type: ['principaltype', 'granteetype', 'membertype', 'usertype'],
  role: [
    'role',
    'permission',
    'permissions',
    'access',
    'accesslevel',
    'accesstype',
    'permissionlevel',
    'roletype',
  ],
  roleType: ['permissiontype', 'inheritance', 'inherited', 'source'],
} as const;

type Names = Readonly<Record<string, readonly string[]>>;
/** By field, the column's number; and the columns of no field. */
type Columns<Fields extends Names> = {
  readonly of: Partial<Record<keyof Fields, number>>;
  readonly rest: readonly number[];
};

function findColumns<Fields extends Names>(header: readonly string[], fields: Fields): Columns<Fields> {
  const plain = header.map((name) => name.toLowerCase().replaceAll(/[^\p{L}\p{N}]/gu, ''));
  const of: Partial<Record<keyof Fields, number>> = {};
  const taken = new Set<number>();
  for (const [field, names] of Object.entries(fields) as Array<[keyof Fields, readonly string[]]>) {
    const column = names.map((name) => plain.indexOf(name)).find((at) => at >= 0 && !taken.has(at));
    if (column === undefined) continue;
    of[field] = column;
    taken.add(column);
  }
  return { of, rest: plain.map((_, at) => at).filter((at) => !taken.has(at)) };
}

/** What a row says, and of what. */
export type TableRow = {
  /** As the row writes them; the name may be the end of the path already. */
  readonly path?: string;
  readonly name?: string;
  readonly version?: string;
} & (
  | { readonly kind: 'comments'; readonly comment: SiteComment }
  | { readonly kind: 'permissions'; readonly permission: Permission }
);

/** Reads rows below a header. */
export type RowReader = (row: readonly string[]) => TableRow;

/** @returns undefined when no column tells what a row is about, or what it says */
export function rowReader(kind: TableKind, header: readonly string[]): RowReader | undefined {
  return kind === 'comments' ? commentReader(header) : permissionReader(header);
}

function commentReader(header: readonly string[]): RowReader | undefined {
  const { of, rest } = findColumns(header, { ...WHERE, ...VERSION, ...COMMENT });
  if ((of.path ?? of.name) === undefined || of.text === undefined) return undefined;
  return (row) => {
    const cell = cellsOf(row, of);
    const at = momentOf(cell('at'));
    const extra = extraOf(row, header, rest, at === undefined ? of.at : undefined);
    const own = cell('id');
    const { text, by, status, visibility, parentId, threadId, recipientId } = {
      text: cell('text'),
      by: cell('by'),
      status: cell('status'),
      visibility: cell('visibility'),
      parentId: cell('parentId'),
      threadId: cell('threadId'),
      recipientId: cell('recipientId'),
    };
    const comment = {
      id: own ?? `c-${createHash('sha256').update(row.join('\0')).digest('hex').slice(0, 32)}`,
      ...defined({ text, by, at, status, visibility, parentId, threadId, recipientId, extra }),
    };
    return { kind: 'comments', comment, ...whereOf(cell), ...defined({ version: cell('version') }) };
  };
}

function permissionReader(header: readonly string[]): RowReader | undefined {
  const { of, rest } = findColumns(header, { ...WHERE, ...PERMISSION });
  if ((of.path ?? of.name) === undefined || of.principal === undefined) return undefined;
  return (row) => {
    const cell = cellsOf(row, of);
    const role = cell('role');
    const permission = {
      principal: cell('principal') ?? '',
      roles: role === undefined ? [] : [{ role, ...defined({ type: cell('roleType') }) }],
      ...defined({ type: cell('type'), extra: extraOf(row, header, rest) }),
    };
    return { kind: 'permissions', permission, ...whereOf(cell) };
  };
}

function cellsOf<Field extends string>(row: readonly string[], of: Partial<Record<Field, number>>) {
  return (field: Field): string | undefined => {
    const at = of[field];
    const text = at === undefined ? undefined : row[at]?.trim();
    return text === '' ? undefined : text;
  };
}

function whereOf(cell: (field: 'path' | 'name') => string | undefined) {
  return defined({ path: cell('path'), name: cell('name') });
}

function extraOf(
  row: readonly string[],
  header: readonly string[],
  rest: readonly number[],
  unread?: number,
) {
  // A row may have more cells than the header has names.
  const beyond = row.slice(header.length).map((_, n) => header.length + n);
  const columns = [...rest, ...(unread === undefined ? [] : [unread]), ...beyond];
  const cells = columns.map((at) => [columnName(header, at), row[at] ?? ''] as const);
  const given = cells.filter(([, text]) => text !== '');
  return given.length === 0 ? undefined : namedValues(given);
}

/** Of several columns of one name each keeps its own cell. */
function columnName(header: readonly string[], at: number): string {
  const name = header[at] ?? '';
  return name === '' || header.indexOf(name) < at ? `${name} column ${at + 1}`.trimStart() : name;
}

/** Only what means the same moment everywhere; another text stays with the unknown columns. */
function momentOf(text: string | undefined): number | undefined {
  if (text === undefined) return undefined;
  if (/^\d{13}$/.test(text)) return Number(text);
  if (/^\d{10}$/.test(text)) return Number(text) * 1000;
  try {
    return parseMoment(text);
  } catch {
    return undefined;
  }
}
