import type { Beside } from '../../../source/beside.ts';
import { aclAt, knownAcls } from './acl-record.ts';
import { tagsAt } from './tags-record.ts';

/** Objects of buckets have tags, and ACLs; what a copy does not carry of them is in records beside it. */
export const bucketBeside: Beside = { tagsAt, acls: { at: aclAt, known: knownAcls } };
