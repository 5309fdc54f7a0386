import assert from 'node:assert/strict';
import { test } from 'node:test';

import { clientProgram } from '../../src/cli/client-program.ts';
import { findVerb } from '../../src/cli/find-verb.ts';
import { hubProgram } from '../../src/cli/hub-program.ts';

const CLIENT: readonly (readonly [string, string | null, string])[] = [
  ['-rd /data', 'backup', '-rd /data'],
  ['/data', 'backup', '/data'],
  ['--copies 3 -rd /data', 'backup', '--copies 3 -rd /data'],
  ['backup -rd status', 'backup', '-rd status'],
  ['backup backup', 'backup', 'backup'],
  ['status', 'status', ''],
  ['--server h:1 status --json', 'status', '--server h:1 --json'],
  ['--set status /data', 'backup', '--set status /data'],
  ['--exclude ls /data', 'backup', '--exclude ls /data'],
  ['-rd -- status', 'backup', '-rd -- status'],
  ['./status', 'backup', './status'],
  ['', null, ''],
  ['-h', null, '-h'],
  ['--help', null, '--help'],
  ['help restore', 'restore', '-h'],
  ['restore -h', 'restore', '-h'],
];

for (const [line, verb, rest] of CLIENT) {
  test(`rbbackup ${line} is ${verb ?? 'help'}`, () => {
    const argv = line === '' ? [] : line.split(' ');
    const found = findVerb(clientProgram, argv);
    assert.equal(found.verb, verb);
    assert.equal(found.rest.join(' '), rest);
  });
}

test('rbbackupd DIR serves, whatever stands before DIR', () => {
  assert.equal(findVerb(hubProgram, ['--listen', '127.0.0.1:0', '/srv']).verb, 'serve');
  assert.equal(findVerb(hubProgram, ['invite', '/srv', 'anna']).verb, 'invite');
  assert.equal(findVerb(hubProgram, ['/srv/invite']).verb, 'serve');
});
