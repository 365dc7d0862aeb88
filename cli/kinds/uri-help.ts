import { KINDS } from './all.ts';

const nouns = KINDS.all.map((kind) => kind.nouns);
const orOf = (forms: readonly string[]) => [forms.slice(0, -1).join(', '), forms.at(-1)].join(', or ');

/** What a whole source is in --help. */
export const WHOLE_HELP = orOf(nouns.map(({ wholeForm }) => wholeForm));

/** What a source, or a part of one, is in --help. */
export const SOURCE_HELP = orOf(nouns.flatMap(({ partForms }) => partForms));

/** What one thing of a source is in --help. */
export const OBJECT_HELP = orOf(nouns.map(({ itemForm }) => itemForm));

/** What `protect` takes in --help. */
export const PROTECT_HELP = orOf(nouns.map(({ protectForm }) => protectForm));
