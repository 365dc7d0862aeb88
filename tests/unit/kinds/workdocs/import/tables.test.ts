import { tableRows } from '@holdfast/core/kinds/workdocs/import/read-table.ts';
import { beforeEach, describe, expect, it } from 'vitest';
import { GivenExport } from '../../../../support/given-export.ts';

let given: GivenExport;
beforeEach(() => {
  given = new GivenExport();
});

const COMMENTS = [
  'Document Path,Comment ID,Comment Text,Commenter,Created Timestamp,Mood',
  'a/plan.txt,c1,"Well, ""done""\nindeed",bob,2024-03-01T12:00:00Z,glad',
  '/a/plan.txt,,second,carol,1709300000,',
  'nowhere.txt,c3,lost,bob,yesterday,',
].join('\r\n');
const PERMISSIONS = [
  'PATH;User Name;Role;Principal Type;Expires',
  'a;bob;VIEWER;USER;2030',
  'alice/a/plan.txt;carol;OWNER;USER;',
].join('\n');

async function document() {
  const found = (await given.documents()).get('alice/a/plan.txt');
  if (found === undefined) throw new Error('no document');
  return found;
}

describe('tables at the root of a zip', () => {
  beforeEach(() =>
    given.zip('alice.zip', {
      'comments.csv': `\uFEFF${COMMENTS}`,
      'DocumentPermissions.csv': PERMISSIONS,
      'a/plan.txt': 'plan',
      'a/comments.csv': 'not,one',
    }),
  );

  it('are attached to what they speak of, and unknown columns are kept', async () => {
    const job = await given.import('i1');
    const { versions, permissions } = await document();
    expect(versions[0]?.comments).toEqual([
      {
        id: 'c1',
        text: 'Well, "done"\nindeed',
        by: 'bob',
        at: Date.parse('2024-03-01T12:00:00Z'),
        extra: { Mood: 'glad' },
      },
      {
        id: expect.stringMatching(/^c-[0-9a-f]{32}$/),
        text: 'second',
        by: 'carol',
        at: 1_709_300_000_000,
      },
    ]);
    expect(permissions).toEqual([{ principal: 'carol', type: 'USER', roles: [{ role: 'OWNER' }] }]);
    const folder = (await given.records('folder')).find(({ name }) => name === 'a');
    expect(folder?.permissions).toEqual([
      { principal: 'bob', type: 'USER', roles: [{ role: 'VIEWER' }], extra: { Expires: '2030' } },
    ]);
    expect(job).toMatchObject({
      state: 'partial',
      counts: { rows: 5, attached: 4, unattached: 1, tables: 2 },
    });
    expect(await given.problems('i1')).toEqual([
      {
        key: 'alice.zip: comments.csv',
        reason: 'not-attached',
        detail: 'row 3 speaks of "nowhere.txt", which is not in the zip: it stays in the table alone',
      },
    ]);
  });

  it('are kept as documents too, byte for byte', async () => {
    await given.import('i1');
    expect(await given.texts('alice/comments.csv')).toEqual([`\uFEFF${COMMENTS}`]);
  });

  it('change nothing when they are read again, whatever comes twice', async () => {
    given.deliveries = 2;
    await given.import('i1');
    const before = await given.vaultVersions();
    const again = await given.import('i2');
    expect(again.counts).toMatchObject({ unchanged: 4, attachedBefore: 4, unattached: 1 });
    expect(await given.vaultVersions()).toBe(before);
  });
});

describe('a table', () => {
  it('of more rows than one step reads goes on where it was', async () => {
    const rows = Array.from({ length: 1_200 }, (_, n) => `plan.txt,c${String(n).padStart(4, '0')},text ${n}`);
    await given.zip('alice.zip', {
      'comments.csv': ['path,comment id,comment', ...rows].join('\n'),
      'plan.txt': 'x',
    });
    given.timeLeft = () => 1_000;
    const job = await given.import('i1');
    expect(job).toMatchObject({ state: 'done', counts: { rows: 1_200, attached: 1_200 } });
    const plan = (await given.documents()).get('alice/plan.txt');
    expect(plan?.versions[0]?.comments?.length).toBe(1_200);
  });

  it('whose columns say nothing is kept, and told of', async () => {
    await given.zip('alice.zip', { 'comments.csv': 'one,two\n1,2\n', 'plan.txt': 'x' });
    expect(await given.import('i1')).toMatchObject({
      state: 'partial',
      counts: { imported: 2, unattached: 1 },
    });
    expect(await given.problems('i1')).toEqual([expect.objectContaining({ reason: 'columns' })]);
  });

  it('keeps the cells of unknown columns that share a name, or have none', async () => {
    const text = 'path,comment,Note,,Note,\nplan.txt,fine,one,two,three,four\n';
    await given.zip('alice.zip', { 'comments.csv': text, 'plan.txt': 'x' });
    await given.import('i1');
    const plan = (await given.documents()).get('alice/plan.txt');
    expect(plan?.versions[0]?.comments).toMatchObject([
      { extra: { Note: 'one', 'column 4': 'two', 'Note column 5': 'three', 'column 6': 'four' } },
    ]);
  });

  it('does not speak of a document that has the name in another folder', async () => {
    const text = 'path,comment\nold/plan.txt,of one that is not there\nalice/plan.txt,of this one\n';
    await given.zip('alice.zip', { 'comments.csv': text, 'plan.txt': 'x', 'old/other.txt': 'y' });
    expect(await given.import('i1')).toMatchObject({ counts: { attached: 1, unattached: 1 } });
    const plan = (await given.documents()).get('alice/plan.txt');
    expect(plan?.versions[0]?.comments).toMatchObject([{ text: 'of this one' }]);
  });

  it('that ends in the middle of a quote costs no more than the row', async () => {
    const text = 'path,comment id,comment\nplan.txt,c1,fine\nplan.txt,c2,"never ends\n';
    await given.zip('alice.zip', { 'comments.csv': text, 'plan.txt': 'x' });
    expect(await given.import('i1')).toMatchObject({ state: 'partial', counts: { attached: 1, failed: 1 } });
    expect(await given.problems('i1')).toEqual([
      expect.objectContaining({ reason: 'corrupt', key: 'alice.zip: comments.csv' }),
    ]);
  });

  it('has few rows in memory: those that are not asked for are not read', async () => {
    let read = 0;
    async function* endless(): AsyncGenerator<Uint8Array, void> {
      for (;;) {
        read++;
        yield Buffer.from('a,b\n'.repeat(1_000));
      }
    }
    for await (const row of tableRows(endless())) {
      expect(row).toEqual(['a', 'b']);
      break;
    }
    expect(read).toBeLessThan(50);
  });

  it('that has a row without end is given up', async () => {
    await given.zip('alice.zip', {
      'comments.csv': `path,comment\n"${'x'.repeat(2_000_000)}"`,
      'plan.txt': 'x',
    });
    expect(await given.import('i1')).toMatchObject({ state: 'partial', counts: { imported: 2, failed: 1 } });
  });
});
