import { expect, it } from 'vitest';
import { type Held, Model, print } from '../../testing/simulation/model.ts';

const held = (body: string, tag?: string): Held => ({
  ...{ body, type: 'text/plain', metadata: {}, customerKey: false },
  tags: tag === undefined ? {} : { tag },
});

// Seed 90000037: a copy of the version that a look had seen, made when another was current, and it had been tagged anew.
it('what an older version was made to hold may have been copied then, and neither before nor later', () => {
  const model = new Model(true);
  model.put('a', held('one', 'red'), { at: 1000, tick: 1, id: 'v1' });
  model.put('a', held('two'), { at: 2000, tick: 2, id: 'v2' });
  model.amend('a', { old: true, tags: { tag: 'blue' } }, { at: 3000, tick: 3 });
  const blue = print(held('one', 'blue'));
  expect(model.heldWithin('a', 0, 3999).has(blue)).toBe(true);
  expect(model.heldWithin('a', 0, 2999).has(blue)).toBe(false);
  expect(model.heldWithin('a', 3001, 9000).has(blue)).toBe(false);
  expect(model.print('a')).toBe(print(held('two')));
});
