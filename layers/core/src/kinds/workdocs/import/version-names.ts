import { InvalidInputError } from '../../../model/errors.ts';

/** A document's own path, and which of its versions a name means. */
export type VersionName = { readonly parts: readonly string[]; readonly ordinal?: number };
export type VersionNames = (parts: readonly string[]) => VersionName;

/**
 * How AWS's tool names versions is not published, and a document called `plan (v2).docx` may be one of its own. So names
 * tell versions only where a person says how: by a pattern like `{name} (v{n}){ext}`. `{name}` is the document's name
 * without its extension, `{n}` the version's number, `{ext}` the extension with its dot, if there is one. A `/` in it
 * stands for one in the path: `{name}{ext}/{n}` for a folder of versions.
 *
 * @param pattern absent: every name is a document's own
 * @throws {InvalidInputError} for a pattern without `{name}` or `{n}`
 */
export function versionNames(pattern: string | undefined): VersionNames {
  if (pattern === undefined) return (parts) => ({ parts });
  const regExp = compile(pattern);
  const depth = pattern.split('/').length;
  return (parts) => {
    const match = parts.length < depth ? null : regExp.exec(parts.slice(-depth).join('/'));
    const { name, n, ext = '' } = match?.groups ?? {};
    if (name === undefined || n === undefined) return { parts };
    return { parts: [...parts.slice(0, -depth), `${name}${ext}`], ordinal: Number(n) };
  };
}

const PIECES: Readonly<Record<string, string>> = {
  name: '[^/]+?',
  n: '\\d{1,9}',
  ext: '\\.[^./]+',
};

function compile(pattern: string): RegExp {
  const seen = new Set<string>();
  const text = pattern
    .split(/(\{(?:name|n|ext)\})/)
    .map((piece) => {
      const field = /^\{(.*)\}$/.exec(piece)?.[1];
      if (field === undefined) return piece.replaceAll(/[\\^$.*+?()[\]{}|/]/g, '\\$&');
      const again = seen.has(field);
      seen.add(field);
      const captured = again ? `(?:${PIECES[field]})` : `(?<${field}>${PIECES[field]})`;
      return field === 'ext' ? `${captured}?` : captured;
    })
    .join('');
  if (!seen.has('name') || !seen.has('n')) {
    throw new InvalidInputError(
      `"${pattern}" does not tell versions by their names: it needs {name} and {n}, as in "{name} (v{n}){ext}"`,
    );
  }
  return new RegExp(`^${text}$`, 'u');
}

/** `report_v2.docx`, `report (version 3).docx`: a name that may well mean a version. Only for a hint. */
export function looksLikeVersion(name: string): boolean {
  return /(?:^|[\s_.([-])v(?:ersion)?[\s_-]?\d{1,4}[)\]]?(?:\.[^.]*)?$/i.test(name);
}
