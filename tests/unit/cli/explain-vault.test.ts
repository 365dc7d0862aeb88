import { readFile } from 'node:fs/promises';
import { beforeEach, describe, expect, it } from 'vitest';
import { VAULT } from '../../../testing/pipeline.ts';
import { CliWorld } from './support/given-cli.ts';

let cli: CliWorld;

beforeEach(() => {
  cli = new CliWorld();
  cli.givenBucket('photos', { a: 'x' });
});

const versionsOf = (key: string) => cli.pipeline.s3.bucket(VAULT).versions(key).length;

describe('the vault explains itself', () => {
  it('from the first source on: what is where, and a script that restores it', async () => {
    await cli.run('protect', 's3://photos');
    const readme = cli.pipeline.s3.text(VAULT, 'README.txt');
    expect(readme).toContain(`aws s3 cp s3://${VAULT}/holdfast-restore.py .`);
    expect(readme).not.toContain('VAULT');
    const script = await readFile(new URL('../../../reader/holdfast-restore.py', import.meta.url), 'utf8');
    // Whose it has to be is written into it: a bucket of that name may be another's one day.
    const owned = script.replace('OWNER = ""', 'OWNER = "111122223333"');
    expect(owned).not.toBe(script);
    expect(cli.pipeline.s3.text(VAULT, 'holdfast-restore.py')).toBe(owned);
  });

  it('once, and anew where somebody changed or hid it', async () => {
    await cli.run('protect', 's3://photos');
    await cli.run('protect', 's3://photos');
    expect([versionsOf('README.txt'), versionsOf('holdfast-restore.py')]).toEqual([1, 1]);
    cli.pipeline.s3.put(VAULT, 'README.txt', 'send money to');
    cli.pipeline.s3.delete(VAULT, 'holdfast-restore.py');
    await cli.run('protect', 's3://photos');
    expect(cli.pipeline.s3.text(VAULT, 'README.txt')).toContain('This bucket is a vault of Holdfast');
    expect(cli.pipeline.s3.text(VAULT, 'holdfast-restore.py')).toContain('def restore(');
  });

  it('or says why it cannot, and protects all the same', async () => {
    cli.pipeline.s3.deny(VAULT, 'README.txt');
    const { code, stderr } = await cli.run('protect', 's3://photos', '--wait');
    expect(code).toBe(0);
    expect(stderr).toContain(
      'warning: the vault is not explained by README.txt and holdfast-restore.py in it:',
    );
  });
});
