import { SourceKinds } from '@holdfast/core/source/source-kind.ts';
import type { Kind } from './kind.ts';
import { S3 } from './s3/kind.ts';
import { WORKDOCS } from './workdocs/kind.ts';

/** Every kind of source, as the command line knows it, in the order in which people are told of them. */
export const KINDS = new SourceKinds<Kind>([S3, WORKDOCS]);
