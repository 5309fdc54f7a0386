import assert from 'node:assert/strict';
import { test } from 'node:test';
import type { TestContext } from 'node:test';

import { hex } from '../../src/base/bytes.ts';
import { systemClock } from '../../src/base/clock.ts';
import { PROOF_WITHIN_MS } from '../../src/hub/proofs/proof-asker.ts';
import { tlsTransport } from '../../src/transport/tls.ts';
import type { Transport } from '../../src/transport/transport.ts';
import type { Prove } from '../../src/wire/messages-proof.ts';
import { ManualClock } from '../manual-clock.ts';
import { Origin } from './actors.ts';
import { nextOf, startLab, until } from './lab.ts';
import type { Lab } from './lab.ts';
import {
  backUpTree,
  proofTree,
  seededChance,
  sendProofTree,
  sumOf,
  Witness,
} from './prover-actors.ts';
import { noise } from './trees.ts';

const DAY_MS = 86_400_000;
const KEY = { user: 'ana', host: 'machine', set: 'docs' };
/** Nobody is called dead while hours pass in no time. */
const transport: Transport = {
  ...tlsTransport,
  listen: (options) => tlsTransport.listen({ ...options, clock: systemClock }),
};
const tree = proofTree();
const FILES = tree.files;

type Scene = {
  readonly lab: Lab;
  readonly clock: ManualClock;
  readonly snapshot: Uint8Array;
  readonly witness: Witness;
};

/** A hub that has copies proven once a day, and a destination that has just acknowledged one. */
async function stage(t: TestContext): Promise<Scene> {
  const clock = new ManualClock(Date.UTC(2026, 5, 1));
  const lab = await startLab(t, {
    clock,
    transport,
    proveEveryMs: DAY_MS,
    chance: seededChance(7),
  });
  const snapshot = await backUpTree(await lab.login('ana'), tree);
  const witness = new Witness(await lab.login('ana'), 'one', FILES);
  await witness.take(tree);
  return { lab, clock, snapshot, witness };
}

/** What the hub has sent before is here when this is answered, and what it heard before is dealt with. */
async function inStep({ connection }: Witness): Promise<void> {
  const stream = connection.openStream({ t: 'ask', what: 'status', watch: false });
  await nextOf(stream, 'status');
  stream.end();
}

/** Lets time pass until it is asked, and not a moment longer. */
async function whenAsked(clock: ManualClock, witness: Witness): Promise<Prove> {
  const asked: Prove[] = [];
  void witness.asked().then((question) => asked.push(question));
  for (;;) {
    clock.advance(1_200_000);
    await inStep(witness);
    const [first] = asked;
    if (first !== undefined) return first;
  }
}

function copyOf({ lab, snapshot }: Scene): { provenMs: number | null } | undefined {
  return lab.catalog.copiesOf(snapshot)[0];
}

test('a copy is asked for within the first hour, wholly as it is small, and then once a day', async (t) => {
  const scene = await stage(t);
  const { clock, witness } = scene;
  const beganMs = clock.nowMs();
  const first = await whenAsked(clock, witness);
  assert.ok(clock.nowMs() - beganMs <= 4_900_000);
  assert.deepEqual(
    first.ranges.map(({ path, offset, bytes }) => [Buffer.from(path).toString(), offset, bytes]),
    Object.entries(FILES).map(([name, { length }]) => [name, 0, length]),
  );
  await witness.say(first.number, witness.sums(first));
  await until(() => copyOf(scene)?.provenMs === clock.nowMs(), 'it is proven');
  const second = await whenAsked(clock, witness);
  assert.ok(clock.nowMs() - (copyOf(scene)?.provenMs ?? 0) >= DAY_MS);
  assert.notEqual(hex(second.nonce), hex(first.nonce));
});

const liars: readonly (readonly [
  string,
  (sums: (Uint8Array | null)[]) => (Uint8Array | null)[],
])[] = [
  ['a wrong sum', (sums) => sums.with(1, new Uint8Array(32))],
  ['null, as the file is gone', (sums) => sums.with(3, null)],
  ['the sums in another order', (sums) => sums.toReversed()],
  ['a sum too few', (sums) => sums.slice(1)],
  ['nothing but an empty list', () => []],
];

for (const [what, lie] of liars) {
  test(`who answers with ${what} has no copy any more, until all is read again`, async (t) => {
    const scene = await stage(t);
    const { lab, clock, witness, snapshot } = scene;
    const question = await whenAsked(clock, witness);
    const mending = nextOf(witness.standing, 'mend');
    await witness.say(question.number, lie(witness.sums(question)));
    const mend = await mending;
    assert.deepEqual([mend.user, mend.host, mend.set], ['ana', 'machine', 'docs']);
    assert.deepEqual(lab.catalog.copiesOf(snapshot), []);
    assert.deepEqual(lab.catalog.copies(), []);
    const event = lab.events.find((one) => one.event === 'copy-failed');
    assert.equal(event?.level, 'error');
    assert.match(
      event?.message ?? '',
      /^one does not hold ana@machine:docs as it said: \w+ differs/,
    );
    // What it acknowledges without having been told to read all of it counts nothing; it is told again.
    const again = nextOf(witness.standing, 'mend');
    const plain = witness.follow({ t: 'offered', ...KEY, run: null, snapshot, files: 4, bytes: 1 });
    await witness.takeAll(plain, tree.data);
    await witness.acknowledge(plain, snapshot, tree);
    await again;
    assert.deepEqual(lab.catalog.copiesOf(snapshot), []);
    const stream = witness.connection.openStream({
      t: 'follow',
      destination: witness.id,
      ...KEY,
      run: null,
      snapshot,
      mends: true,
    });
    await witness.takeAll(stream, tree.data);
    await witness.acknowledge(stream, snapshot, tree);
    assert.equal(lab.catalog.copiesOf(snapshot).length, 1);
    assert.equal(copyOf(scene)?.provenMs, null);
  });
}

test('an origin that waits for its copies is told of one that turned out to be none', async (t) => {
  const clock = new ManualClock(Date.UTC(2026, 5, 1));
  const lab = await startLab(t, {
    clock,
    transport,
    proveEveryMs: DAY_MS,
    chance: seededChance(8),
  });
  const witness = new Witness(await lab.login('ana'), 'one', FILES);
  const origin = new Origin(await lab.login('ana'), 'docs', { copies: 1 });
  const taking = witness.take(tree);
  await origin.start();
  await sendProofTree(origin, tree);
  await taking;
  const states: string[] = [];
  void (async () => {
    for (;;) states.push((await nextOf(origin.stream, 'copies')).copies[0]?.state ?? 'none');
  })().catch(() => undefined);
  const toldOf = async (state: string): Promise<void> =>
    await until(() => {
      clock.advance(300);
      return states.at(-1) === state;
    }, `the origin is told that it is ${state}`);
  await toldOf('verified');
  const question = await whenAsked(clock, witness);
  await witness.say(question.number, []);
  const mend = await nextOf(witness.standing, 'mend');
  await toldOf('failed');
  await witness.mendAs(mend, tree);
  await toldOf('verified');
});

test('a word that it is there does not bring back a copy that failed', async (t) => {
  const { lab, clock, witness, snapshot } = await stage(t);
  const question = await whenAsked(clock, witness);
  await witness.say(question.number, []);
  await nextOf(witness.standing, 'mend');
  witness.connection.close();
  await witness.connection.closed;
  const have = [{ ...KEY, snapshot }];
  const destination = witness.id;
  const back = new Witness(await lab.login('ana'), 'one', FILES, { destination, have });
  const mending = back.mend(tree);
  assert.deepEqual(lab.catalog.copiesOf(snapshot), []);
  await mending;
  assert.equal(lab.catalog.copiesOf(snapshot).length, 1);
});

test('who does not answer has proven nothing and failed nothing, and is asked again later', async (t) => {
  const scene = await stage(t);
  const { lab, clock, witness, snapshot } = scene;
  const first = await whenAsked(clock, witness);
  const askedMs = clock.nowMs();
  clock.advance(PROOF_WITHIN_MS);
  const second = await whenAsked(clock, witness);
  assert.ok(clock.nowMs() - askedMs >= DAY_MS / 8);
  assert.equal(lab.catalog.copiesOf(snapshot).length, 1);
  assert.equal(copyOf(scene)?.provenMs, null);
  // Too late, and wrong; never asked; twice.
  await witness.say(first.number, []);
  await witness.say(second.number + 1, []);
  await witness.say(2 ** 53 - 1, []);
  await witness.say(second.number, witness.sums(second));
  await witness.say(second.number, []);
  await until(() => copyOf(scene)?.provenMs === clock.nowMs(), 'it is proven');
  assert.equal(lab.catalog.copiesOf(snapshot).length, 1);
});

test('who leaves while it is asked has failed nothing', async (t) => {
  const scene = await stage(t);
  const { lab, clock, witness, snapshot } = scene;
  await whenAsked(clock, witness);
  witness.connection.close();
  await until(() => lab.hub.destinations().size === 0, 'it is gone');
  assert.equal(lab.catalog.copiesOf(snapshot).length, 1);
  assert.equal(copyOf(scene)?.provenMs, null);
  const destination = witness.id;
  const have = [{ ...KEY, snapshot }];
  const back = new Witness(await lab.login('ana'), 'one', FILES, { destination, have });
  const again = await whenAsked(clock, back);
  await back.say(again.number, back.sums(again));
  await until(() => copyOf(scene)?.provenMs === clock.nowMs(), 'it is proven');
});

test('one that does not say that it answers is asked nothing, and may say nothing', async (t) => {
  const clock = new ManualClock(Date.UTC(2026, 5, 1));
  const lab = await startLab(t, {
    clock,
    transport,
    proveEveryMs: DAY_MS,
    chance: seededChance(7),
  });
  await backUpTree(await lab.login('ana'), tree);
  const old = new Witness(await lab.login('ana'), 'old', FILES, { answers: false });
  await old.take(tree);
  for (let hour = 0; hour < 48; hour += 6) {
    clock.advance(6 * 3_600_000);
    await new Promise((resolve) => setImmediate(resolve));
  }
  await old.say(1, []);
  await assert.rejects(old.asked(), { code: 'protocol' });
});

test('what the hub has lost itself is not asked for', async (t) => {
  const { lab, clock, witness, snapshot } = await stage(t);
  const lost = tree.data[1]?.id as Uint8Array;
  const page = lab.vault.find(lost);
  assert.ok(page !== undefined);
  // All small files lie in one record; pages lie in another.
  await lab.vault.forget(page);
  const question = await whenAsked(clock, witness);
  assert.deepEqual(
    question.ranges.map(({ path }) => Buffer.from(path).toString()),
    ['empty'],
  );
  await witness.say(question.number, [sumOf(question.nonce, new Uint8Array(0))]);
  await until(() => lab.catalog.copiesOf(snapshot)[0]?.provenMs !== null, 'it is proven');
});

test('nothing is asked while something newer is under way, and an answer that comes then counts nothing', async (t) => {
  const { lab, clock, witness, snapshot } = await stage(t);
  const question = await whenAsked(clock, witness);
  const origin = new Origin(await lab.login('ana'), 'docs');
  await origin.start();
  await witness.offered();
  await witness.say(question.number, []);
  await inStep(witness);
  for (let hour = 0; hour < 30; hour += 6) {
    clock.advance(6 * 3_600_000);
    await new Promise((resolve) => setTimeout(resolve, 1));
  }
  assert.equal(lab.catalog.copiesOf(snapshot).length, 1);
  assert.equal(lab.catalog.copiesOf(snapshot)[0]?.provenMs, null);
  const next = proofTree({ zebra: noise(10, 9) });
  const newest = await sendProofTree(origin, next);
  // The question was passed over by `asked`, so the next message of this kind is a new one.
  const stream = witness.follow({
    t: 'offered',
    ...KEY,
    run: null,
    snapshot: newest,
    files: 1,
    bytes: 1,
  });
  await witness.takeAll(stream, next.data);
  await witness.acknowledge(stream, newest, next);
  witness.files.set('zebra', noise(10, 9));
  origin.stream.end();
  const again = await whenAsked(clock, witness);
  assert.equal(hex(again.snapshot), hex(newest));
});

test('of two copies the one that was not proven for longer comes first, one at a time', async (t) => {
  const { lab, clock, witness } = await stage(t);
  const two = new Witness(await lab.login('ana'), 'two', FILES);
  await two.take(tree);
  const order: string[] = [];
  let open = 0;
  for (const [who, name] of [
    [witness, 'one'],
    [two, 'two'],
  ] as const) {
    void (async () => {
      for (;;) {
        const question = await who.asked();
        open++;
        order.push(`${name} asked`);
        await new Promise((resolve) => setTimeout(resolve, 20));
        order.push(`${name} said`);
        await who.say(question.number, who.sums(question));
        await inStep(who);
        open--;
      }
    })().catch(() => undefined);
  }
  while (order.length < 12) {
    clock.advance(1_200_000);
    await Promise.all([inStep(witness), inStep(two)]);
    await until(() => open === 0, 'what was asked is answered');
  }
  for (let i = 0; i < 12; i += 2)
    assert.equal((order[i] as string).split(' ')[0], (order[i + 1] as string).split(' ')[0]);
  const names = order.filter((_, i) => i % 2 === 0).map((line) => line.split(' ')[0]);
  assert.notEqual(names[0], names[1]);
  assert.deepEqual(names.slice(2, 4), names.slice(0, 2));
});
