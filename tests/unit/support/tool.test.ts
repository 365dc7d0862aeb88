import { basename, dirname } from 'node:path';
import { execPath } from 'node:process';
import { expect, it } from 'vitest';
import { findTool } from '../../support/tool.ts';

const PATH = `/nowhere:${dirname(execPath)}`;

it('finds a program on the path, by any of its names', () => {
  expect(findTool(['no-such-program', basename(execPath)], undefined, { PATH })).toBe(execPath);
});

it('takes the path that a setting names', () => {
  expect(findTool(['no-such-program'], '/opt/it', { PATH })).toBe('/opt/it');
});

it('lets a test be skipped for a missing one, and fails where tools are required', () => {
  expect(findTool(['no-such-program'], undefined, { PATH })).toBeUndefined();
  const required = { PATH, HOLDFAST_TOOLS: 'required' };
  expect(() => findTool(['no-such-program'], undefined, required)).toThrow('no no-such-program on the PATH');
});
