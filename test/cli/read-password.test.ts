import assert from 'node:assert/strict';
import { test } from 'node:test';

import { isRbError } from '../../src/base/errors.ts';
import { readPassword } from '../../src/cli/read-password.ts';
import { fakeCli } from './fake-cli.ts';
import type { FakeCli } from './fake-cli.ts';

type Typing = {
  readonly cli: FakeCli;
  readonly modes: boolean[];
  readonly type: (text: string) => void;
};

function typing(isTTY: boolean): Typing {
  const cli = fakeCli([]);
  const modes: boolean[] = [];
  Object.assign(cli.stdin, { isTTY, setRawMode: (isRaw: boolean) => void modes.push(isRaw) });
  const stdin = cli.stdin as unknown as NodeJS.WritableStream;
  return { cli, modes, type: (text) => void stdin.write(text) };
}

test('a password typed at a terminal is never shown, and its keys do what they do elsewhere', async () => {
  const { cli, modes, type } = typing(true);
  const read = readPassword(cli, 'Password: ');
  type('wrong\u0015sec');
  type('rex\u007ft\u0008\u001b[D\u001b[3~\u001b');
  type('t ñ\r');
  assert.equal(await read, 'secret ñ');
  assert.deepEqual(modes, [true, false]);
  assert.equal(cli.complained(), 'Password: \n');
  assert.equal(cli.written(), '');
});

test('Ctrl-C and an empty line change nothing, and the terminal is as before', async () => {
  for (const [keys, code] of [
    ['secret\u0003', 'interrupted'],
    ['\r', 'usage'],
    ['x'.repeat(1025), 'usage'],
  ] as const) {
    const { cli, modes, type } = typing(true);
    const read = readPassword(cli, 'Password: ');
    type(keys);
    await assert.rejects(read, (error) => isRbError(error, code));
    assert.deepEqual(modes, [true, false]);
  }
});

test('where there is no terminal the first line is the password', async () => {
  const { cli, modes, type } = typing(false);
  const read = readPassword(cli, 'Password: ');
  type('sec');
  type('ret\r\nanother line');
  assert.equal(await read, 'secret');
  assert.deepEqual([modes, cli.complained()], [[], '']);
});
