import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { describe, expect, it } from 'vitest';
import { processIdentity } from '../../../scripts/lib/process-identity.ts';

describe('the identity of a process', () => {
  it('stays the same while it lives, whatever it calls itself', () => {
    const before = processIdentity(process.pid);
    const title = process.title;
    process.title = 'somebody else';
    expect(processIdentity(process.pid)).toBe(before);
    process.title = title;
    expect(before).toBeTruthy();
  });

  it('is gone with the process', async () => {
    const child = spawn(process.execPath, ['-e', 'setInterval(() => {}, 1000)']);
    await once(child, 'spawn');
    const pid = child.pid ?? 0;
    expect(processIdentity(pid)).toBeTruthy();
    child.kill('SIGKILL');
    await once(child, 'exit');
    expect(processIdentity(pid)).toBeUndefined();
  });

  it.each([0, -1, Number.NaN])('is none for %d', (pid) => {
    expect(processIdentity(pid)).toBeUndefined();
  });
});
