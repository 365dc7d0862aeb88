import {
  DisableRuleCommand,
  ListTargetsByRuleCommand,
  PutTargetsCommand,
  RemoveTargetsCommand,
} from '@aws-sdk/client-eventbridge';
import { captureRuleName } from '@holdfast/core/model/stack-names.ts';
import { describe, expect, it } from 'vitest';
import {
  bytesOf,
  catalog,
  depthOf,
  entryWith,
  eventBridge,
  eventually,
  givenProtectedBucket,
  holdfast,
  put,
  send,
  stack,
  textOf,
  tryHoldfast,
  vault,
} from './support/cloud.ts';

/** Has a source checked, as its schedule does each hour: the emulator keeps none. @returns its row */
async function check(source: string) {
  const before = (await catalog.getSource(source))?.pulse?.at ?? 0;
  await send('reconcile', { kind: 'pulse', source });
  return eventually(`a check of ${source}`, async () => {
    const row = await catalog.getSource(source);
    return row?.pulse !== undefined && row.pulse.at > before && row;
  });
}

/** What is said of a source. Its exit code tells of the whole stack, and so of what other tests did to that. */
async function statusOf(source: string): Promise<{ readonly attention: readonly string[] }> {
  return (await tryHoldfast('status', source)).output as { readonly attention: readonly string[] };
}

describe('an hourly check', () => {
  it('finds that all is well, by rights that the template gives, and status says so', async () => {
    const bucket = await givenProtectedBucket('well');
    const source = `s3://${bucket}`;
    await put(bucket, 'a', 'one');
    await entryWith(bucket, 'a', ({ state }) => state === 'current');
    expect(await check(source)).toMatchObject({
      wiring: 'ok',
      pulse: { missed: 0, okAt: expect.any(Number) },
    });
    expect(await statusOf(source)).toMatchObject({
      sources: [{ source, rpo: { by: 'check', at: expect.any(String), trouble: null, overdue: false } }],
    });
  });

  it('finds a rule that somebody disabled, and switches it on', async () => {
    const bucket = await givenProtectedBucket('off');
    const source = `s3://${bucket}`;
    await eventBridge.send(new DisableRuleCommand({ Name: captureRuleName(stack, bucket) }));
    await check(source);
    const { code, output } = await tryHoldfast('status', source);
    expect(code).toBe(3);
    expect(JSON.stringify(output)).toContain('its events had been switched off; they are on again');
    await put(bucket, 'b', 'heard again');
    await entryWith(bucket, 'b', ({ state }) => state === 'current');
    expect((await check(source)).pulse).toMatchObject({ missed: 0, okAt: expect.any(Number) });
  });

  it('finds a rule whose target somebody took away', async () => {
    const bucket = await givenProtectedBucket('nowhere');
    const Rule = captureRuleName(stack, bucket);
    const { Targets = [] } = await eventBridge.send(new ListTargetsByRuleCommand({ Rule }));
    await eventBridge.send(new RemoveTargetsCommand({ Rule, Ids: Targets.map(({ Id = '' }) => Id) }));
    const row = await check(`s3://${bucket}`);
    expect(row).toMatchObject({ wiring: 'broken', pulse: { trouble: 'its events cannot arrive' } });
    expect(row.wiringDetail).toContain('does not send to the capture queue');
    await eventBridge.send(new PutTargetsCommand({ Rule, Targets }));
    expect((await check(`s3://${bucket}`)).wiring).toBe('ok');
  });
});

describe('a canary', () => {
  it('is asked for of a source that is protected, goes the whole way, and is read back', async () => {
    const bucket = await givenProtectedBucket('canary');
    const source = `s3://${bucket}`;
    const again = await holdfast('protect', source, '--canary', `${source}/a/`, '--no-initial');
    expect(again).toMatchObject({ renewed: true, canary: `${source}/a/holdfast-canary` });
    expect((await check(source)).pulse).not.toHaveProperty('trouble');
    await entryWith(
      bucket,
      'a/holdfast-canary',
      ({ state, lagMs }) => state === 'current' && lagMs !== undefined,
    );
    // What comes by itself a minute later.
    await send('reconcile', { kind: 'pulse', source, readBack: 2 });
    const proven = await eventually('the proof', async () => (await catalog.getSource(source))?.proven);
    expect(await textOf(vault, `s3/${bucket}/a/holdfast-canary`)).toContain(String(proven.writtenAt));
    const status = await statusOf(source);
    expect(status).toMatchObject({
      sources: [{ rpo: { by: 'canary', lagSeconds: proven.lagMs / 1000, overdue: false } }],
    });
    expect(JSON.stringify(status.attention)).not.toContain(bucket);
    expect(String(await bytesOf(bucket, 'a/holdfast-canary'))).toContain(source);
  });

  it('that the source may not take is told of, and gives no dead letter', async () => {
    const bucket = await givenProtectedBucket('refused');
    const source = `s3://${bucket}`;
    // A row that asks for one, and a stack that gives no right to it.
    await catalog.patchSource(source, { canary: { key: 'holdfast-canary', since: Date.now() } });
    const { pulse } = await check(source);
    expect(pulse?.trouble).toMatch(/its canary: .*access/i);
    expect(await depthOf('reconcile', 'deadLetters')).toBe(0);
  });
});
