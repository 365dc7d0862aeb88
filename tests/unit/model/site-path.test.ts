import { decodePart, encodePart } from '@holdfast/core/kinds/workdocs/model/site-path.ts';
import { describe, expect, it } from 'vitest';

describe('a name as one part of a path', () => {
  it.each([
    ['plain.txt', 'plain.txt'],
    ['2022-01-01', '2022-01-01'],
    ['a/b', 'a%2Fb'],
    ['a%2Fb', 'a%252Fb'],
    ['a%252Fb', 'a%25252Fb'],
    ['/%2F/', '%2F%252F%2F'],
    ['100%', '100%'],
    ['%2f', '%2f'],
    ['%25', '%25'],
    ['..', '..'],
    ['a\\b:c*d?"<>|', 'a\\b:c*d?"<>|'],
  ])('writes %j as %j, and back', (name, part) => {
    expect(encodePart(name)).toBe(part);
    expect(decodePart(part)).toBe(name);
  });
});
