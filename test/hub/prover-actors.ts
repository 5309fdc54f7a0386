import assert from 'node:assert/strict';
import { createPrivateKey } from 'node:crypto';

import { concatBytes, fromHex } from '../../src/base/bytes.ts';
import { blake3 } from '../../src/base/hash.ts';
import type { Chance } from '../../src/hub/proofs/chance.ts';
import { signReceipt } from '../../src/model/receipt.ts';
import type { Connection, Identity, Stream } from '../../src/transport/transport.ts';
import type { Mend, Prove } from '../../src/wire/messages-proof.ts';
import { encodeList } from '../../src/model/content.ts';
import { Origin, Taker } from './actors.ts';
import { nextOf } from './lab.ts';
import type { Lab } from './lab.ts';
import { chunkOf, entryOf, noise, pagesOf } from './trees.ts';
import type { Chunk, Tree } from './trees.ts';

/** The same for the same seed. */
export function seededChance(seed: number): Chance {
  let state = seed;
  const fraction = (): number => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0;
    return state / 2 ** 32;
  };
  return {
    fraction,
    bytes: (count) => Uint8Array.from({ length: count }, () => Math.floor(fraction() * 256)),
  };
}

/** A tree with a file of each kind of content, and what the files hold. */
export type ProofTree = Tree & {
  readonly lists: readonly Chunk[];
  readonly files: Readonly<Record<string, Uint8Array>>;
};

export function proofTree(more: Readonly<Record<string, Uint8Array>> = {}): ProofTree {
  const [one, two, three, four] = [1, 2, 3, 4].map((i) => chunkOf(noise(i * 1000, i)));
  const ref = ({ id, plain }: Chunk = chunkOf(new Uint8Array(1))) => ({ id, bytes: plain.length });
  const hole = { id: null, bytes: 3000 };
  const list = chunkOf(encodeList({ depth: 0, refs: [ref(two), hole, ref(three)] }));
  const plain = (chunk: Chunk | undefined): Uint8Array => chunk?.plain ?? new Uint8Array(0);
  const zeros = new Uint8Array(hole.bytes);
  const others = Object.entries(more).map(([name, bytes]) => ({ name, chunk: chunkOf(bytes) }));
  const entries = [
    entryOf('', 'dir'),
    entryOf('empty', 'file'),
    entryOf('holed', 'file', { depth: 0, refs: [ref(one), hole, ref(four)] }),
    entryOf('listed', 'file', {
      depth: 1,
      refs: [
        { id: list.id, bytes: 8000 },
        { id: null, bytes: 3000 },
        { id: list.id, bytes: 8000 },
      ],
    }),
    entryOf('plain', 'file', { depth: 0, refs: [ref(one)] }),
    ...others.map(({ name, chunk }) => entryOf(name, 'file', { depth: 0, refs: [ref(chunk)] })),
  ];
  const listed = concatBytes([plain(two), zeros, plain(three)]);
  return {
    data: [one, two, three, four, ...others.map(({ chunk }) => chunk)] as Chunk[],
    lists: [list],
    pages: pagesOf(entries),
    bytes: entries.reduce((sum, { size }) => sum + size, 0),
    files: {
      empty: new Uint8Array(0),
      holed: concatBytes([plain(one), zeros, plain(four)]),
      listed: concatBytes([listed, zeros, listed]),
      plain: plain(one),
      ...more,
    },
  };
}

/** Gives all of a tree to a run that has started. */
export async function sendProofTree(origin: Origin, tree: ProofTree): Promise<Uint8Array> {
  await origin.give('data', tree.data);
  await origin.give('list', tree.lists);
  await origin.give('page', tree.pages);
  for (const { id } of tree.pages) await origin.stream.send({ t: 'page', id });
  await origin.finish(tree);
  return (await nextOf(origin.stream, 'committed')).snapshot;
}

export async function backUpTree(connection: Connection, tree: ProofTree): Promise<Uint8Array> {
  const origin = new Origin(connection, 'docs');
  await origin.start();
  const snapshot = await sendProofTree(origin, tree);
  origin.stream.end();
  await origin.stream.closed;
  return snapshot;
}

/** What a file's piece must come to. */
export function sumOf(nonce: Uint8Array, bytes: Uint8Array): Uint8Array {
  return blake3(concatBytes([nonce, bytes]));
}

/** A destination that has files in memory and answers what it is asked. */
export class Witness extends Taker {
  readonly files: Map<string, Uint8Array>;

  constructor(
    connection: Connection,
    name: string,
    files: Readonly<Record<string, Uint8Array>>,
    more: ConstructorParameters<typeof Taker>[2] = {},
  ) {
    super(connection, name, { answers: true, ...more });
    this.files = new Map(Object.entries(files));
  }

  asked(): Promise<Prove> {
    return nextOf(this.standing, 'prove');
  }

  /** What it would say in all honesty. */
  sums({ nonce, ranges }: Prove): (Uint8Array | null)[] {
    return ranges.map(({ path, offset, bytes }) => {
      const file = this.files.get(Buffer.from(path).toString());
      const isThere = file !== undefined && offset + bytes <= file.length;
      return isThere ? sumOf(nonce, file.subarray(offset, offset + bytes)) : null;
    });
  }

  async say(number: number, sums: (Uint8Array | null)[]): Promise<void> {
    await this.standing.send({ t: 'proof', number, sums });
  }

  /** Waits to be asked, and answers in all honesty. */
  async prove(): Promise<Prove> {
    const question = await this.asked();
    await this.say(question.number, this.sums(question));
    return question;
  }

  /** Reads everything again as it is told to, and acknowledges it. */
  async mend(tree: Tree): Promise<void> {
    await this.mendAs(await nextOf(this.standing, 'mend'), tree);
  }

  async mendAs({ user, host, set, snapshot }: Mend, tree: Tree): Promise<void> {
    const key = { user, host, set, run: null, snapshot };
    const stream = this.connection.openStream({
      t: 'follow',
      destination: this.id,
      ...key,
      mends: true,
    });
    const last = await this.takeAll(stream, tree.data);
    assert.equal(last.k, 'commit');
    await this.acknowledge(stream, snapshot, tree);
  }
}

/** Acknowledges with a receipt. @param identity whose key signs */
export async function acknowledgeSigned(
  lab: Lab,
  taker: Taker,
  stream: Stream,
  identity: Identity,
  snapshot: Uint8Array,
  { bytes, signedBytes = bytes }: { readonly bytes: number; readonly signedBytes?: number },
): Promise<void> {
  const hub = fromHex(lab.hub.fingerprint);
  const receipt = { hub, destination: taker.id, snapshot, bytes: signedBytes };
  const signature = signReceipt(receipt, createPrivateKey(identity.keyPem));
  const numbers = { bytes, receivedBytes: bytes, problems: 0, message: '' };
  await stream.send({ t: 'ack', snapshot, verified: true, ...numbers, signature });
  await nextOf(stream, 'acked');
  stream.end();
}
