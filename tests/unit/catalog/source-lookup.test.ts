import { rememberSources } from '@holdfast/core/catalog/source-lookup.ts';
import { describe, expect, it } from 'vitest';
import { Pipeline, SOURCE } from '../../../testing/pipeline.ts';

describe('the lookup of sources', () => {
  it('asks the catalog once in half a minute', async () => {
    const pipeline = new Pipeline();
    await pipeline.protect();
    const lookUp = rememberSources(pipeline.world);
    const before = pipeline.catalog.requests.count('getSource');
    for (let n = 0; n < 5; n++) expect((await lookUp(`s3://${SOURCE}`))?.state).toBe('protected');
    expect(pipeline.catalog.requests.count('getSource') - before).toBe(1);
    await pipeline.catalog.patchSource(`s3://${SOURCE}`, { state: 'unprotected' });
    pipeline.pass(31);
    expect((await lookUp(`s3://${SOURCE}`))?.state).toBe('unprotected');
  });

  it('does not remember a failure', async () => {
    const pipeline = new Pipeline();
    await pipeline.protect();
    const lookUp = rememberSources(pipeline.world);
    pipeline.catalog.requests.before = () => {
      throw new Error('out of reach');
    };
    await expect(lookUp(`s3://${SOURCE}`)).rejects.toThrow('out of reach');
    pipeline.catalog.requests.before = undefined;
    expect((await lookUp(`s3://${SOURCE}`))?.state).toBe('protected');
  });
});
