import { ADDRESSES } from '@holdfast/core/kinds/addresses.ts';
import { checkRestoreMessage } from '@holdfast/core/model/restore-request.ts';
import { expect, it } from 'vitest';

const MESSAGE = { source: 's3://photos', target: 's3://holdfast-restore-photos' };

it.each([
  [{ ...MESSAGE, overwrit: 'always' }, 'unknown field "overwrit"'],
  [{ ...MESSAGE, thaw: { speed: 'bulk' } }, 'unknown field "thaw.speed"'],
  [{ source: MESSAGE.source }, 'field "target" is missing'],
])('says which field of %j is wrong', (message, why) => {
  expect(() => checkRestoreMessage(message, ADDRESSES)).toThrow(`not a restore request: ${why}`);
});
