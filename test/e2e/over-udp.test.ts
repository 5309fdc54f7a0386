/** Some of the tests of whole programs over UDP; all of them go over it with RBBACKUP_TEST_TRANSPORT=udp. */

import assert from 'node:assert/strict';
import { createSocket } from 'node:dgram';
import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import process from 'node:process';
import { test } from 'node:test';

// What follows reads it when it is loaded.
process.env['RBBACKUP_TEST_TRANSPORT'] = 'udp';
await import('./main-job.test.ts');
await import('./hostile-origin-wire.test.ts');
const { Trust } = await import('./closed-hub.ts');
const { Ordeal } = await import('./kill/ordeal.ts');
const { Stage } = await import('./stage.ts');

const onLinux = {
  skip: existsSync('/proc/self/io') ? false : 'only Linux tells how much a process has written',
};

for (const [victim, moments] of [
  ['destination', 3],
  ['hub', 1],
] as const) {
  test(
    `over UDP the ${victim} is killed: it goes on, and no file is ever half`,
    onLinux,
    async () => {
      await using stage = await Stage.open();
      const ordeal = await Ordeal.begin(stage, victim);
      for (let number = 0; number < moments; number++) await ordeal.round(number);
      ordeal.assertEqual();
    },
  );
}

test('over UDP an invitation is accepted, and what follows needs no address', async () => {
  await using trust = await Trust.open();
  const ana = await trust.invited('ana');
  const { status, done } = await ana.run('-rd', trust.source);
  assert.equal(status, 0);
  assert.equal(done['ok'], true);
});

test('over UDP the sentence and the status are those of TCP where nobody listens', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('source');
  await writeFile(join(source, 'a'), 'a');
  const hub = await stage.hub();
  const client = hub.client('ana');
  await hub.program.stop();
  const said = [];
  for (const transport of ['tcp', 'udp']) {
    const { status, done } = await client.run(['-rd', source, '--transport', transport]);
    said.push([status, done['code'], done['message']]);
  }
  assert.deepEqual(said[1], said[0]);
  assert.equal(said[0]?.[0], 1);
});

test('a hub whose port is taken over UDP says so and serves by TCP', async () => {
  await using stage = await Stage.open();
  const source = await stage.folder('source');
  await writeFile(join(source, 'a'), 'a');
  const first = await stage.hub();
  const { port } = first;
  await first.program.stop();
  const other = createSocket('udp4');
  await new Promise<void>((resolve) => other.bind(port, '127.0.0.1', resolve));
  stage.atEnd(() => new Promise<void>((resolve) => other.close(resolve)));
  const hub = await stage.hub({ port, dir: first.dir });
  const warning = await hub.program.event('no-udp');
  assert.equal(warning['level'], 'warn');
  assert.equal(warning['code'], 'port-taken');
  const { status } = await hub.client('ana').run(['-rd', source, '--transport', 'tcp']);
  assert.equal(status, 0);
});
