/** What happened to a source's objects in a span of time, by when it was captured. */
export type Changes = {
  /** Objects. */
  readonly added: number;
  readonly overwritten: number;
  readonly deleted: number;
  /** Objects that were given other tags and nothing else; 0 where tags are not read. */
  readonly tagged: number;
  /** Of what was added, and what took the place of another. */
  readonly writtenBytes: number;
  /** Of the last versions before a deletion, as far as the vault still has them. */
  readonly deletedBytes: number;
};

/** One thing that happened. */
export type Change = {
  readonly kind: 'added' | 'overwritten' | 'deleted' | 'tagged';
  readonly bytes: number;
};

export const NO_CHANGES: Changes = {
  ...{ added: 0, overwritten: 0, deleted: 0, tagged: 0 },
  ...{ writtenBytes: 0, deletedBytes: 0 },
};

/** The changes of a span, with one more. */
export function addChange(changes: Changes, { kind, bytes }: Change): Changes {
  if (kind === 'tagged') return { ...changes, tagged: changes.tagged + 1 };
  const sum = kind === 'deleted' ? 'deletedBytes' : 'writtenBytes';
  return { ...changes, [kind]: changes[kind] + 1, [sum]: changes[sum] + bytes };
}
