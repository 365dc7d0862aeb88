import { aclRecordText, parseAclRecord } from '@holdfast/core/kinds/s3/model/acl-record.ts';
import { AclSchema, GROUPS, isDefaultAcl, MAX_GRANTS, sameAcl } from '@holdfast/core/model/acl.ts';
import * as v from 'valibot';
import { describe, expect, it } from 'vitest';

const OWNER = 'a'.repeat(64);
const FRIEND = 'b'.repeat(64);
const FULL = { to: OWNER, may: 'FULL_CONTROL' } as const;
const READ = { to: FRIEND, may: 'READ' } as const;

describe('an ACL', () => {
  it('is the default one where nobody but its owner is granted anything, and that is everything', () => {
    const isDefault = (grants: unknown) => isDefaultAcl(v.parse(AclSchema, { owner: OWNER, grants }));
    expect([[FULL], [FULL, FULL], []].map(isDefault)).toEqual([true, true, true]);
    const others = [[FULL, READ], [READ], [{ to: OWNER, may: 'READ' }], [{ ...FULL, to: FRIEND }]];
    expect(others.map(isDefault)).toEqual([false, false, false, false]);
  });

  it('is the same in any order, and said twice', () => {
    expect(sameAcl([FULL, READ], [READ, FULL, READ])).toBe(true);
    expect(sameAcl([FULL, READ], [FULL])).toBe(false);
    expect(sameAcl([READ], [{ ...READ, may: 'READ_ACP' }])).toBe(false);
    expect(sameAcl('default', 'default')).toBe(true);
    expect([sameAcl('default', 'unreadable'), sameAcl('default', [])]).toEqual([false, false]);
  });

  it.each([
    ['an address', { to: 'somebody@example.com', may: 'READ' }],
    ['a header of its own', { to: `${FRIEND}", id="x`, may: 'READ' }],
    ['a group of nobody knows whom', { to: 'http://acs.amazonaws.com/groups/global/Others', may: 'READ' }],
    ['a permission that is none', { to: FRIEND, may: 'EVERYTHING' }],
    ['nobody', { may: 'READ' }],
    ['an id without end', { to: 'a'.repeat(129), may: 'READ' }],
  ])('that grants something to %s is none', (_what, grant) => {
    expect(v.is(AclSchema, { owner: OWNER, grants: [grant] })).toBe(false);
  });

  it('has a hundred grants at most', () => {
    const grants = Array.from({ length: MAX_GRANTS }, () => READ);
    expect(v.is(AclSchema, { owner: OWNER, grants })).toBe(true);
    expect(v.is(AclSchema, { owner: OWNER, grants: [...grants, READ] })).toBe(false);
  });
});

describe('a record of an ACL', () => {
  const record = { key: 'a "key"\n', vaultVersionId: 'v', at: 1 };

  it.each(['default', 'unreadable', [FULL, { to: GROUPS[0], may: 'READ_ACP' }]] as const)(
    'says %j, and reads back',
    (acl) => {
      const written = { ...record, acl, first: true } as const;
      expect(parseAclRecord(aclRecordText(written))).toEqual(written);
    },
  );

  it.each([
    ['no text of JSON', 'x'],
    ['another ACL than there is', JSON.stringify({ ...record, acl: 'public' })],
    ['more grants than there are', JSON.stringify({ ...record, acl: Array(101).fill(READ) })],
    ['no copy', JSON.stringify({ key: 'a', acl: 'default', at: 1 })],
  ])('with %s is refused', (_what, text) => {
    expect(() => parseAclRecord(text)).toThrow(/^not /);
  });
});
