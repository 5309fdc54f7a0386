import assert from 'node:assert/strict';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { after, test } from 'node:test';

import { clientProgram } from '../../src/cli/client-program.ts';
import { hubProgram } from '../../src/cli/hub-program.ts';
import { run } from '../../src/cli/main.ts';
import { fakeCli } from './fake-cli.ts';

const folder = mkdtempSync(join(tmpdir(), 'rbbackup-cli-'));
after(() => rmSync(folder, { recursive: true }));

const config = ['--config', join(folder, 'config')];

const CLIENT: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ['an unknown option', ['-x', '/tmp'], 2, /unknown option '-x'/],
  ['an unknown option of a verb', ['status', '--nope'], 2, /unknown option '--nope'/],
  ['nothing at all', [], 2, /nothing to do/],
  ['two paths', ['-r', '/a', '/b'], 2, /too many arguments/],
  ['no copies', ['--copies', '0', '/tmp'], 2, /whole number from 1/],
  ['a broken number of copies', ['--copies', '2x', '/tmp'], 2, /whole number from 1/],
  ['a broken duration', ['--wait', 'soon', '/tmp'], 2, /no duration/],
  ['a rate of nothing', ['--limit', '0', '/tmp'], 2, /never finish/],
  ['a port that is none', ['--local-port', '70000', '/tmp'], 2, /1 to 65535/],
  ['an address that is none', ['--server', 'a b', '/tmp'], 2, /not an address/],
  ['an option without its value', ['/tmp', '--set'], 2, /argument missing/],
  ['a verb with options of a backup before it', ['-rd', 'status'], 2, /rbbackup backup … status/],
  ['restore without a folder', ['restore', 'latest'], 2, /missing required argument/],
  ['login without anything', ['login', ...config], 2, /invitation code/],
  ['login with a broken code', ['login', 'rbb1-nonsense', ...config], 2, /not an invitation code/],
  ['no hub known', ['-r', folder, ...config], 2, /isn't logged in at any hub/],
  ['a path that is missing', ['-r', join(folder, 'gone'), ...config], 1, /does not exist/],
  ['an empty path', ['', ...config], 2, /PATH is empty/],
  ['a device', ['/dev/null', ...config], 1, /neither a folder nor a file/],
  ['the root without a name for the set', ['/', ...config], 2, /--set NAME/],
  [
    'patterns that are missing',
    ['--exclude-from', join(folder, 'no'), folder, ...config],
    1,
    /can't be read/,
  ],
  ['a folder that never received', ['verify', folder, ...config], 1, /no folder that received/],
  [
    '--from with half a set',
    ['receive', folder, '--from', 'photos', ...config],
    2,
    /USER@HOST:SET/,
  ],
  [
    'a console that others could reach',
    ['gui', '--listen', '0.0.0.0:0', ...config],
    2,
    /127\.0\.0\.1/,
  ],
  ['a console nowhere', ['gui', '--listen', 'here'], 2, /HOST:PORT/],
];

for (const [what, argv, status, message] of CLIENT) {
  test(`rbbackup ends with ${status} for ${what}, and says why`, async () => {
    const cli = fakeCli(argv);
    assert.equal(await run(clientProgram, argv, cli), status);
    assert.match(cli.complained(), message);
    // A title may have been there before; a result never.
    assert.match(cli.written(), /^(Verifying .*\n)?$/);
  });

  test(`rbbackup --json ends with ${status} for ${what}, with one done`, async () => {
    const withJson = [...argv, '--json'];
    const cli = fakeCli(withJson);
    assert.equal(await run(clientProgram, withJson, cli), status);
    const done = JSON.parse(cli.written()) as Record<string, unknown>;
    assert.equal(done['event'], 'done');
    assert.equal(done['ok'], false);
    assert.equal(typeof done['code'], 'string');
    assert.equal(typeof done['message'], 'string');
  });
}

const HUB: readonly (readonly [string, readonly string[], number, RegExp])[] = [
  ['a console nowhere', [folder, '--console', '7421'], 2, /HOST:PORT/],
  ['listening nowhere', [folder, '--listen', '7420'], 2, /HOST:PORT/],
  [
    'rights that exclude each other',
    ['invite', folder, 'anna', '--admin', '--read-only'],
    2,
    /cannot be used with/,
  ],
  ['a name that is none', ['invite', folder, 'an na'], 1, /has a space/],
  ['users of what is no hub', ['users', join(folder, 'none')], 1, /no hub's directory/],
  ['a check of what is no hub', ['check', join(folder, 'none')], 1, /no hub's directory/],
];

for (const [what, argv, status, message] of HUB) {
  test(`rbbackupd ends with ${status} for ${what}, and says why`, async () => {
    const cli = fakeCli(argv);
    assert.equal(await run(hubProgram, argv, cli), status);
    assert.match(cli.complained(), message);
  });
}

test('help goes to stdout and ends with 0', async () => {
  for (const argv of [['-h'], ['backup', '-h'], ['help', 'restore']]) {
    const cli = fakeCli(argv);
    assert.equal(await run(clientProgram, argv, cli), 0);
    assert.match(cli.written(), /^Usage: rbbackup/);
    for (const line of cli.written().split('\n')) assert.ok(line.length < 120, line);
  }
});

test('what was typed reaches the terminal escaped', async () => {
  const argv = ['--\u001b[31m\u202egnp.exe'];
  const cli = fakeCli(argv);
  assert.equal(await run(clientProgram, argv, cli), 2);
  // eslint-disable-next-line no-control-regex
  assert.doesNotMatch(cli.complained(), /[\u001b\u202e]/);
});

test('an invitation can be made before the hub ever ran, for addresses that are given', async () => {
  const argv = [
    'invite',
    join(folder, 'new-hub'),
    'anna',
    '--address',
    'backup.example.org',
    '--json',
  ];
  const cli = fakeCli(argv);
  assert.equal(await run(hubProgram, argv, cli), 0, cli.complained());
  const { code, addresses } = JSON.parse(cli.written()) as { code: string; addresses: string[] };
  assert.match(code, /^rbb1-[\w-]+$/);
  assert.deepEqual(addresses, ['backup.example.org:7420']);
});

test('a link to a folder is followed, one that leads in a circle is an error', async () => {
  writeFileSync(join(folder, 'file'), 'x');
  symlinkSync('circle', join(folder, 'circle'));
  const argv = [join(folder, 'circle'), ...config];
  const cli = fakeCli(argv);
  assert.equal(await run(clientProgram, argv, cli), 1);
  assert.match(cli.complained(), /circle/);
});
