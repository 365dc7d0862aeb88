import { EventEmitter } from 'node:events';
import { describe, expect, it } from 'vitest';
import { Output } from '../../../cli/output.ts';
import { progressOn } from '../../../cli/progress.ts';

class SlowStream extends EventEmitter {
  writableNeedDrain = true;
  readonly written: string[] = [];

  write(text: string): boolean {
    this.written.push(text);
    return false;
  }
}

class Terminal extends EventEmitter {
  readonly isTTY: boolean;
  readonly columns: number;
  readonly written: string[] = [];

  constructor(isTTY: boolean, columns: number) {
    super();
    this.isTTY = isTTY;
    this.columns = columns;
  }

  write(text: string): boolean {
    this.written.push(text);
    return true;
  }

  clearLine(): void {}
  cursorTo(): void {}
  moveCursor(): void {}
}

describe('Output', () => {
  it('waits for a slow reader', async () => {
    const stdout = new SlowStream();
    const output = new Output({ stdout, stderr: stdout }, { update() {}, clear() {} }, false);
    let drained = false;
    const waiting = output.drained().then(() => {
      drained = true;
    });
    await Promise.resolve();
    expect(drained).toBe(false);

    stdout.emit('drain');
    await waiting;
    expect(drained).toBe(true);
  });
});

describe('progress', () => {
  it.each([
    ['in a pipe', false, 80],
    ['on a terminal without a width, where drawing would never end', true, 0],
  ])('says nothing %s', async (_, isTTY, columns) => {
    const terminal = new Terminal(isTTY, columns);
    const progress = progressOn(terminal as unknown as NodeJS.WriteStream);

    progress.update('working');
    await new Promise(setImmediate);
    progress.clear();

    expect(terminal.written).toEqual([]);
  });

  it('turns on a terminal, shows no control characters, and goes away', async () => {
    const terminal = new Terminal(true, 80);
    const progress = progressOn(terminal as unknown as NodeJS.WriteStream);

    progress.update('first');
    await expect.poll(() => terminal.written.join('')).toContain('first');
    progress.update('key\u0007');
    await expect.poll(() => terminal.written.join('')).toContain('key\\x07');
    progress.clear();
    const after = terminal.written.length;
    progress.clear();

    expect(terminal.written).toHaveLength(after);
  });
});
