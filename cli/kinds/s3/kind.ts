import { s3Address } from '@holdfast/core/kinds/s3/address.ts';
import { s3History } from '@holdfast/core/kinds/s3/history.ts';
import type { CliKind } from '../../kind.ts';
import { s3Nouns } from './nouns.ts';

export const S3: CliKind = { address: s3Address, history: s3History, nouns: s3Nouns };
