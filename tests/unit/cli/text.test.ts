import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { ago, bytes, count, counted, duration, seconds } from '../../../cli/text/format.ts';
import { pad, table } from '../../../cli/text/table.ts';
import { visible, visibleJson, visibleKey } from '../../../cli/text/visible.ts';

describe('what goes to a terminal', () => {
  it.each([
    ['plain é🦊 text', 'plain é🦊 text'],
    ['a\nb\r\tc', 'a\\nb\\r\\tc'],
    ['\u001b[31m\u0007\u007f\u009b', '\\x1b[31m\\x07\\x7f\\x9b'],
    ['\u202egpj.exe', '\\u202egpj.exe'],
    ['a\u200bb\ufeff', 'a\\u200bb\\ufeff'],
    ['lone \ud800 surrogate', 'lone \\ud800 surrogate'],
  ])('shows %j as %j', (text, shown) => {
    expect(visible(text)).toBe(shown);
  });

  it('shows two different keys differently', () => {
    expect(visibleKey('a\nb')).toBe('a\\nb');
    expect(visibleKey('a\\nb')).toBe('a\\\\nb');
  });

  it('is JSON that reads back as the same, without a character that drives', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary' }), (text) => {
        const json = visibleJson({ text });
        expect(JSON.parse(json)).toEqual({ text });
        expect(json).not.toMatch(/\p{Cc}|\p{Cs}|[\u200b-\u200f\u202a-\u202e]/u);
      }),
    );
  });
});

describe('a table', () => {
  it('aligns by what characters take on a terminal', () => {
    expect(
      table(
        [{ title: 'A' }, { title: 'N', align: 'right' }],
        [
          ['漢字', '1'],
          ['x', '1,000'],
        ],
      ),
    ).toEqual(['A         N', '漢字      1', 'x     1,000']);
    expect(pad('🦊', 4, 'right')).toBe('  🦊');
  });

  it('cannot be driven by its cells', () => {
    expect(table([{ title: 'A' }], [['\u001b[2J']])[1]).toBe('\\x1b[2J');
  });
});

describe('numbers', () => {
  it('read the same everywhere', () => {
    expect(count(1234567)).toBe('1,234,567');
    expect([counted(1, 'object'), counted(2, 'object'), counted(0, 'batch', 'batches')]).toEqual([
      '1 object',
      '2 objects',
      '0 batches',
    ]);
    expect([bytes(0), bytes(1536), bytes(5 * 1024 ** 3)]).toEqual(['0 B', '1.5 KiB', '5 GiB']);
    expect([duration(250), duration(1500), duration(125_000), duration(-5)]).toEqual([
      '250ms',
      '1.5s',
      '2m 5s',
      '0ms',
    ]);
    expect([ago(undefined, 5), ago(5_000, 5_500), ago(0, 7_200_000)]).toEqual(['-', 'now', '2h ago']);
    expect(seconds(Date.parse('2026-03-01T12:00:01.500Z'))).toBe('2026-03-01T12:00:01Z');
  });
});
