/** What damage was once found to do. */

import assert from 'node:assert/strict';
import { readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { test } from 'node:test';

import { isRbError } from '../../../src/base/errors.ts';
import { openCatalog } from '../../../src/cli/hub-folder.ts';
import { writeFiles, writeNoise } from '../../e2e/data.ts';
import { describeTree } from '../../e2e/trees.ts';
import { tempFolder } from '../../vault/temp-folder.ts';
import { check, client, folder, localHub } from './in-process.ts';
import type { Ran } from './in-process.ts';
import { filesBelow, OPEN_PACK, recordsOf } from './places.ts';
import { copyTo } from './scene.ts';

type Room = {
  readonly dir: string;
  readonly hub: string;
  readonly config: string;
  readonly source: string;
};

function room(): Room {
  const dir = tempFolder();
  const source = folder(dir, 'work');
  writeFiles(source, { a: 'of a', 'b/c': 'of c', 'b/d': 'of d' });
  writeNoise(join(source, 'noise'), 'noise', 60_000);
  return { dir, hub: join(dir, 'hub'), config: join(dir, 'config'), source };
}

/** Starts the hub, does something, and ends it. */
async function atHub<T>(
  { hub }: Room,
  work: (port: number, told: readonly string[]) => Promise<T>,
): Promise<T> {
  const local = await localHub(hub);
  try {
    return await work(local.port, local.told);
  } finally {
    await local.close();
  }
}

async function backUp(at: Room, port: number): Promise<string> {
  const ran = await client(port, at.config, ['-rd', at.source]);
  assert.equal(ran.status, 0, JSON.stringify(ran.done));
  return String(ran.done['snapshot']);
}

async function listed(at: Room, port: number): Promise<string[]> {
  const { lines } = await client(port, at.config, ['snapshots']);
  return lines.filter(({ event }) => event === 'snapshot').map(({ snapshot }) => String(snapshot));
}

async function receive(at: Room, port: number): Promise<Ran> {
  const args = ['receive', join(at.dir, 'copy'), '--from', 'ana@pc:work', '--once'];
  return await client(port, at.config, args);
}

test('a machine that remembers nothing backs up though the newest snapshot lost its record or a page', async () => {
  for (const kind of ['snapshot', 'page']) {
    const at = room();
    await atHub(at, async (port) => await backUp(at, port));
    const [pack = ''] = filesBelow(at.hub, OPEN_PACK);
    const record = recordsOf(pack).find((one) => one.kind === kind);
    const bytes = readFileSync(pack);
    bytes.fill(0, Number(record?.offset) + 100, Number(record?.offset) + Number(record?.bytes));
    writeFileSync(pack, bytes);
    rmSync(join(at.config, 'memory'), { recursive: true });
    const newest = await atHub(at, async (port) => await backUp(at, port));
    const { lines } = await check(at.hub, '--read-data');
    assert(lines.every(({ event, snapshot }) => event !== 'damage' || snapshot !== newest));
  }
});

test('snapshots that the catalog has lost come back from the vault, and its users do not', async () => {
  const at = room();
  const ids = await atHub(at, async (port) => {
    const first = await backUp(at, port);
    writeFiles(at.source, { more: 'more' });
    return [await backUp(at, port), first];
  });
  await atHub(at, async (port) => {
    writeFiles(at.source, { more: 'still more' });
    ids.unshift(await backUp(at, port));
    copyTo(at.hub, join(at.dir, 'killed'));
  });
  // As it was before the last start: its log alone had the last snapshot.
  rmSync(join(at.dir, 'killed', 'catalog.db-wal'));
  const killed = { ...at, hub: join(at.dir, 'killed') };
  await atHub(killed, async (port, told) => {
    assert.deepEqual(await listed(killed, port), ids);
    assert.match(told.join(), /catalog lacked snapshots: 1 were taken over/);
  });
  for (const name of readdirSync(at.hub).filter((one) => one.startsWith('catalog.db')))
    rmSync(join(at.hub, name));
  await atHub(at, async (port, told) => {
    assert.deepEqual(await listed(at, port), ids);
    assert.match(told.join(), /3 were taken over.*users and devices have to be invited again/);
  });
  assert.equal((await check(at.hub, '--read-data')).status, 0);
});

test('a catalog whose index and table disagree is refused, with what to do', async () => {
  const at = room();
  const id = await atHub(at, async (port) => await backUp(at, port));
  const path = join(at.hub, 'catalog.db');
  const bytes = readFileSync(path);
  const place = bytes.indexOf(Buffer.from(id, 'hex'));
  assert(place > 0);
  bytes[place + 5] = (bytes[place + 5] as number) ^ 1;
  writeFileSync(path, bytes);
  await assert.rejects(openCatalog(at.hub), (error) => {
    assert(isRbError(error, 'damaged-catalog'));
    assert.match(error.message, /out of the way.*taken over.*invited again/);
    return true;
  });
  renameSync(path, join(at.dir, 'catalog.damaged'));
  await atHub(at, async (port) => assert.deepEqual(await listed(at, port), [id]));
});

test('a destination that lost the name or the state of a set says so when verified, and knows it again after a transfer', async () => {
  const at = room();
  const copy = join(at.dir, 'copy');
  await atHub(at, async (port) => {
    await backUp(at, port);
    assert.equal((await receive(at, port)).status, 0);
    const stateDir = join(
      copy,
      '.rbbackup',
      'sets',
      String(readdirSync(join(copy, '.rbbackup', 'sets'))),
    );
    const cases: readonly (readonly [file: string, text: string | null])[] = [
      ['set.json', '{"version":1,"us'],
      ['set.json', null],
      ['state', 'RBTS'],
    ];
    for (const [file, text] of cases) {
      const path = join(stateDir, file);
      const whole = readFileSync(path);
      if (text === null) rmSync(path);
      // What the state begins with says which snapshot it is of: the damage is behind it.
      else
        writeFileSync(
          path,
          file === 'state' ? Buffer.concat([whole.subarray(0, -9), Buffer.alloc(9)]) : text,
        );
      const verified = await client(port, at.config, ['verify', copy]);
      const isMended = file === 'state';
      assert.deepEqual(
        [verified.status, verified.done['code']],
        isMended ? [0, undefined] : [1, 'damaged-state'],
        `${file} ${text}`,
      );
      // What was mended is verified, and nothing is offered again but for the next version.
      if (isMended) writeFiles(at.source, { a: 'another a' });
      if (isMended) rmSync(path);
      if (isMended) await backUp(at, port);
      assert.equal((await receive(at, port)).status, 0);
      assert.deepEqual(describeTree(copy), describeTree(at.source));
      assert.equal((await client(port, at.config, ['verify', copy])).status, 0);
    }
  });
});

test('a destination that lost how it is laid out is not verified as if it were laid out otherwise', async () => {
  const at = room();
  const copy = join(at.dir, 'copy');
  await atHub(at, async (port) => {
    await backUp(at, port);
    assert.equal((await receive(at, port)).status, 0);
    rmSync(join(copy, '.rbbackup', 'destination.json'));
    const { status, done } = await client(port, at.config, ['verify', copy]);
    assert.deepEqual([status, done['code']], [1, 'damaged-state']);
    assert.deepEqual(describeTree(copy), describeTree(at.source));
    writeFiles(at.source, { a: 'another a' });
    await backUp(at, port);
    assert.equal((await receive(at, port)).status, 0);
    assert.equal((await client(port, at.config, ['verify', copy])).status, 0);
    assert.deepEqual(describeTree(copy), describeTree(at.source));
  });
});

test('half of a key that was in use is damage, not the beginning of a new one', async () => {
  const at = room();
  await atHub(at, async (port) => await backUp(at, port));
  for (const file of ['device-key.pem', 'device-cert.pem']) {
    const dir = copyTo(at.hub, join(at.dir, 'half'));
    rmSync(join(dir, file));
    await assert.rejects(localHub(dir), (error) => isRbError(error, 'usage'));
    const config = copyTo(at.config, join(at.dir, 'half-config'));
    rmSync(join(config, file));
    await atHub(at, async (port) => {
      const { done } = await client(port, config, ['snapshots']);
      assert.match(String(done['message']), /do not belong together.*remove both/);
    });
  }
});
