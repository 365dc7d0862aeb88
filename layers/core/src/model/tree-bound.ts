/**
 * Documents of a site that a function reads in one step, to restore into a bucket. On a whole processor and 1,769 MiB, this leaves
 * it half of its five minutes and more than half of its memory (ADR 23).
 */
export const MAX_TREE_DOCUMENTS = 250_000;
