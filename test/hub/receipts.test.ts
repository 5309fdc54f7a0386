import assert from 'node:assert/strict';
import { X509Certificate } from 'node:crypto';
import { test } from 'node:test';

import { fromHex, hex } from '../../src/base/bytes.ts';
import { isSigned } from '../../src/model/receipt.ts';
import { backUp, Taker } from './actors.ts';
import { identityNumber, startLab, until } from './lab.ts';
import { acknowledgeSigned } from './prover-actors.ts';
import { smallTree } from './trees.ts';

const tree = smallTree();

test('a receipt is kept with the certificate of the connection that brought it', async (t) => {
  const lab = await startLab(t);
  const { snapshot } = await backUp(await lab.login('ana'), 'docs', tree);
  const device = await identityNumber(2);
  const taker = new Taker(await lab.login('ana', {}, device), 'one');
  const stream = taker.follow(await taker.offered());
  await taker.takeAll(stream, tree.data);
  await acknowledgeSigned(lab, taker, stream, device, snapshot, tree);
  const [row] = lab.catalog.receipts();
  assert.ok(row !== undefined);
  assert.equal(lab.catalog.copiesOf(snapshot)[0]?.signed, true);
  const { raw } = new X509Certificate(device.certPem);
  assert.equal(hex(row.receipt.certificate), hex(raw));
  const { destination, bytes } = row;
  const hub = fromHex(lab.hub.fingerprint);
  assert.ok(isSigned({ hub, destination, snapshot, bytes }, row.receipt));
});

test('a receipt by another key, or for other bytes, is refused and no copy comes of it', async (t) => {
  const lab = await startLab(t);
  const { snapshot } = await backUp(await lab.login('ana'), 'docs', tree);
  const device = await identityNumber(2);
  const cases = [
    { signer: await identityNumber(1), bytes: { bytes: tree.bytes } },
    { signer: device, bytes: { bytes: tree.bytes, signedBytes: tree.bytes + 1 } },
  ];
  for (const { signer, bytes } of cases) {
    const taker = new Taker(await lab.login('ana', {}, device), 'one');
    const stream = taker.follow(await taker.offered());
    await taker.takeAll(stream, tree.data);
    await assert.rejects(acknowledgeSigned(lab, taker, stream, signer, snapshot, bytes), {
      code: 'protocol',
    });
    assert.deepEqual(lab.catalog.copiesOf(snapshot), []);
    taker.connection.close();
    await taker.connection.closed;
  }
});

test('a copy of a program that does not sign is kept as unsigned', async (t) => {
  const lab = await startLab(t);
  const { snapshot } = await backUp(await lab.login('ana'), 'docs', tree);
  const taker = new Taker(await lab.login('ana'), 'old');
  await taker.take(tree);
  assert.equal(lab.catalog.copiesOf(snapshot)[0]?.signed, false);
  assert.deepEqual(lab.catalog.receipts(), []);
});

test('the word that a snapshot is there makes no copy: it is offered and acknowledged anew', async (t) => {
  const lab = await startLab(t);
  const { snapshot } = await backUp(await lab.login('ana'), 'docs', tree);
  const have = [{ user: 'ana', host: 'machine', set: 'docs', snapshot }];
  const taker = new Taker(await lab.login('ana'), 'liar', { have });
  const offer = await taker.offered();
  assert.equal(hex(offer.snapshot ?? new Uint8Array(0)), hex(snapshot));
  assert.deepEqual(lab.catalog.copiesOf(snapshot), []);
  const stream = taker.follow(offer);
  await taker.takeAll(stream, tree.data);
  await taker.acknowledge(stream, snapshot, tree);
  assert.equal(lab.catalog.copiesOf(snapshot).length, 1);
  // Now the hub knows it too.
  const verifiedMs = lab.catalog.copiesOf(snapshot)[0]?.verifiedMs;
  const back = new Taker(await lab.login('ana'), 'liar', { destination: taker.id, have });
  await until(() => lab.hub.destinations().size === 1, 'it is there');
  await backUp(await lab.login('ana'), 'else', tree);
  assert.equal((await back.offered()).set, 'else');
  assert.equal(lab.catalog.copiesOf(snapshot)[0]?.verifiedMs, verifiedMs);
});
