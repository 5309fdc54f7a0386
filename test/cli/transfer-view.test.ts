import assert from 'node:assert/strict';
import { test } from 'node:test';

import { PLAIN, styleFor } from '../../src/cli/view/style.ts';
import { cutEnd, cutMiddle, fitColumns, textWidth } from '../../src/cli/view/text-width.ts';
import { renderTransfer } from '../../src/cli/view/transfer-view.ts';
import type { TransferView } from '../../src/cli/view/transfer-view.ts';
import type { Copy, CopyState } from '../../src/wire/messages-backup.ts';

const MIB = 1024 * 1024;

function copy(name: string, state: CopyState, bytes: number, file: string = ''): Copy {
  return {
    destination: '0'.repeat(32),
    name,
    state,
    bytes,
    total: 1024 * MIB,
    file: Buffer.from(file),
  };
}

const VIEW: TransferView = {
  title: 'Backing up /home/anna/photos as anna@laptop:photos',
  doing: 'Sending what the hub lacks; copies verified: 1 of 3',
  place: {
    phase: 'sending',
    file: Buffer.from('2024/summer/a day at the sea/IMG_0042.jpeg'),
    fileBytes: 3 * MIB,
    fileTotal: 4 * MIB,
    bytes: 256 * MIB,
    total: 1024 * MIB,
    files: 1234,
    filesTotal: 78600,
  },
  rate: 45.1 * MIB,
  leftMs: 17_000,
  copies: [
    copy('attic', 'verified', 1024 * MIB),
    copy('office', 'receiving', 512 * MIB, '2024/summer/IMG_0001.jpeg'),
    { ...copy('cellar', 'failed', 10 * MIB), message: 'The disk is full.' },
  ],
};

test('at 80 columns everything has its place', () => {
  assert.deepEqual(renderTransfer(VIEW, 80, PLAIN), [
    'Backing up /home/anna/photos as anna@laptop:photos',
    'Sending what the hub lacks; copies verified: 1 of 3',
    ' 2024/summer/a day at the sea/IMG_0042.jpeg',
    ` file   ${'█'.repeat(31)}${'░'.repeat(11)}  75 %  3.00 MiB of 4.00 MiB`,
    ` total  ${'█'.repeat(10)}${'░'.repeat(32)}  25 %  256 MiB of 1.00 GiB`,
    '        1,234 of 78,600 files  45.1 MiB/s, 17 s left',
    ` attic  ${'█'.repeat(42)} 100 %  verified`,
    ` office ${'█'.repeat(21)}${'░'.repeat(21)}  50 %  receiving, 512 MiB`,
    ` cellar ${'░'.repeat(42)}   0 %  failed: The disk is f…`,
  ]);
});

test('at 200 columns rate and time stand beside the bar, and names have room', () => {
  const lines = renderTransfer(VIEW, 200, PLAIN);
  assert.match(lines[4] ?? '', / 25 % {2}256 MiB of 1\.00 GiB {2}45\.1 MiB\/s, 17 s left$/);
  assert.match(lines[7] ?? '', /receiving, 512 MiB: 2024\/summer\/IMG_0001\.jpeg$/);
});

const HOSTILE = 'a\u001b[31m\u202e\n\t日本語の長い名前'.repeat(20);

for (const columns of [24, 40, 80, 81, 100, 132, 200]) {
  test(`no line is wider than ${columns} columns, whatever the names are, and none has an escape sequence`, () => {
    const place = VIEW.place === null ? null : { ...VIEW.place, file: Buffer.from(HOSTILE) };
    const copies = [
      copy('日本語の長い名前のディスク', 'receiving', 1, HOSTILE),
      copy('b', 'gone', 0),
    ];
    for (const line of renderTransfer(
      { ...VIEW, title: VIEW.title.repeat(4), place, copies },
      columns,
      PLAIN,
    )) {
      assert.ok(textWidth(line) <= columns, `${textWidth(line)}: ${line}`);
      // eslint-disable-next-line no-control-regex
      assert.doesNotMatch(line, /[\u0000-\u001f\u202e]/);
    }
  });
}

test('while a file is under way the whole is not full, though all that is known of is read', () => {
  const place = VIEW.place === null ? null : { ...VIEW.place, bytes: 1024 * MIB };
  assert.match(renderTransfer({ ...VIEW, place }, 80, PLAIN)[4] ?? '', /█░ {2}99 %/);
});

test('without a current file there is no bar for one, and without an amount none at all', () => {
  const none = { file: Buffer.alloc(0), fileBytes: 0, fileTotal: 0 };
  const place = VIEW.place === null ? null : { ...VIEW.place, ...none };
  const lines = renderTransfer({ ...VIEW, place, copies: [] }, 80, PLAIN);
  assert.deepEqual([lines.length, lines[2]?.startsWith(' total ')], [4, true]);
  const nothing = place === null ? null : { ...place, total: 0, filesTotal: 0 };
  assert.equal(renderTransfer({ ...VIEW, place: nothing, copies: [] }, 80, PLAIN).length, 2);
});

test('where there is no room beside each other, rate and time are below', () => {
  const lines = renderTransfer({ ...VIEW, copies: [] }, 40, PLAIN);
  assert.deepEqual(lines.slice(-2), [
    '       1,234 of 78,600 files',
    '       45.1 MiB/s, 17 s left',
  ]);
});

test('before anything has moved there are no bars but those of the copies', () => {
  assert.equal(renderTransfer({ ...VIEW, place: null, copies: [] }, 80, PLAIN).length, 2);
});

test('a verified copy of an empty folder is full', () => {
  const empty = { ...copy('attic', 'verified', 0), total: 0 };
  assert.match(
    renderTransfer({ ...VIEW, copies: [empty] }, 80, PLAIN).at(-1) ?? '',
    /█ 100 % {2}verified$/,
  );
});

test('a bar is full, and says 100 %, only when nothing is left', () => {
  const whole = { bytes: 1024 * MIB - 1, fileBytes: 4 * MIB };
  const place = VIEW.place === null ? null : { ...VIEW.place, ...whole };
  assert.match(renderTransfer({ ...VIEW, place }, 80, PLAIN)[4] ?? '', /█░ {2}99 %/);
});

test('there are no colours without a terminal, with NO_COLOR and on dumb terminals', () => {
  const isPlain = (isTTY: boolean, env: NodeJS.ProcessEnv): boolean =>
    styleFor({ isTTY }, env).good('x') === 'x';
  assert.equal(isPlain(true, { TERM: 'xterm' }), false);
  assert.equal(isPlain(true, { TERM: 'xterm', NO_COLOR: '1' }), true);
  assert.equal(isPlain(true, { TERM: 'dumb' }), true);
  assert.equal(isPlain(false, { TERM: 'xterm' }), true);
  assert.equal(styleFor({ isTTY: true }, { LANG: 'C' }).isUnicode, false);
});

test('texts are cut by the columns they take, never through a character', () => {
  assert.equal(cutEnd('日本語', 5), '日本…');
  assert.equal(cutEnd('日本語', 4), '日…');
  assert.equal(cutMiddle('photos/summer/IMG_0042.jpeg', 16), 'photo…_0042.jpeg');
  assert.equal(cutMiddle('日本語の名前', 7), '日…名前');
  assert.equal(cutMiddle('abc', 0), '');
  assert.equal(fitColumns('日本', 6), '日本  ');
  assert.equal(cutEnd('abc', 0), '');
});
