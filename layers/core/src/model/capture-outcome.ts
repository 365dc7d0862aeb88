import type { Entry } from './entry.ts';

/**
 * What became of a change. `vanished`: gone before it was ever captured. `copying`: in parts, by messages. `tagged`: the
 * same bytes, with other tags than before.
 */
export type CaptureOutcome = {
  readonly kind: 'captured' | 'tagged' | 'deleted' | 'vanished' | 'unprotected' | 'copying' | 'unchanged';
  readonly before: Entry | undefined;
  readonly after: Entry | undefined;
  /** What became of its ACL, where ACLs are remembered and this is not the default one. */
  readonly acl?: AclOutcome;
  /** Its ACL was not remembered as it is, and is now. */
  readonly aclWritten?: true;
};

/**
 * What became of an object's ACL: remembered as it is, not readable, or to be read once more, since rights that were just
 * given take some seconds to hold.
 */
export type AclOutcome = 'kept' | 'unreadable' | 'again';
