import type { Nouns } from '@holdfast/core/source/nouns.ts';
import type { SourceKind } from '@holdfast/core/source/source-kind.ts';

/** A kind of source with all that people ask of it. A new one is a folder in `kinds/`, and a line in `kinds/all.ts`. */
export type CliKind = SourceKind & { readonly nouns: Nouns };
