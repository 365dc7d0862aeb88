import { provenBelow } from '@holdfast/core/model/confidence.ts';
import { describe, expect, it } from 'vitest';

describe('what a faultless sample proves', () => {
  it('is 1 % for 300 of many', () => {
    expect((provenBelow(1_000_000, 300) ?? 0) / 1_000_000).toBeCloseTo(0.00993, 4);
    expect((provenBelow(1_000_000_000, 300) ?? 0) / 1_000_000_000).toBeCloseTo(0.00994, 4);
  });

  it('is exact for few: 1 of 10 is missed by 9 with a chance of 10 %, 2 are never', () => {
    expect(provenBelow(10, 9)).toBe(2);
    expect(provenBelow(100, 95)).toBe(1);
    expect(provenBelow(100, 94)).toBe(2);
  });

  it('is all when all were looked at, and nothing when none was', () => {
    expect(provenBelow(7, 7)).toBe(0);
    expect(provenBelow(0, 0)).toBeUndefined();
    expect(provenBelow(7, 0)).toBeUndefined();
  });

  it('is that everything is faulty, where one of many was looked at', () => {
    expect(provenBelow(1000, 1)).toBe(950);
  });
});
