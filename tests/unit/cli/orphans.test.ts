import { describe, expect, it } from 'vitest';
import { orphansOf } from '../../../cli/orphans.ts';
import type { StackView } from '../../../operations/ports.ts';

const stacksOf = (...names: string[]) => ({
  listSources: async (core: string): Promise<StackView[]> =>
    core === 'backup'
      ? names.map((name) => ({ name, status: 'CREATE_COMPLETE', outputs: {}, tags: {} }))
      : [],
});

describe('what is left of a core stack that was deleted', () => {
  it('is named with the commands that delete it', async () => {
    const text = await orphansOf('backup', stacksOf('backup-source-a-1', 'backup-source-b-2'));
    expect(text).toContain('2 stacks of its sources are still there');
    expect(text).toContain('\n  aws cloudformation delete-stack --stack-name backup-source-a-1');
    expect(text).toContain('\n  aws cloudformation delete-stack --stack-name backup-source-b-2');
    expect(await orphansOf('backup', stacksOf('backup-source-a-1'))).toContain(
      'the stack of a source of it is',
    );
  });

  it('is nothing where there is none, and where stacks may not be listed', async () => {
    expect(await orphansOf('backup', stacksOf())).toBe('');
    expect(await orphansOf('other', stacksOf('backup-source-a-1'))).toBe('');
    expect(await orphansOf('backup', { listSources: () => Promise.reject(new Error('denied')) })).toBe('');
  });
});
