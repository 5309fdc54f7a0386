import { mkdirSync, readFileSync, readdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { concatBytes, equalBytes, hex } from '../../../src/base/bytes.ts';
import { RbError } from '../../../src/base/errors.ts';
import { blake3 } from '../../../src/base/hash.ts';
import { decodePackIndex, encodePackIndex } from '../../../src/vault/directory/pack-format.ts';
import { openDirectoryVault } from '../../../src/vault/directory/open-directory-vault.ts';
import { ForgottenList } from '../../../src/vault/directory/forgotten-list.ts';
import { Journal, JOURNAL_KINDS } from '../../../src/rebuild/journal.ts';
import { appendAll, firstId, noiseRecord, recordOf } from '../../vault/records.ts';
import { tempFolder } from '../../vault/temp-folder.ts';
import { bytesOf, hold } from '../engine/target.ts';
import type { FuzzTarget } from '../engine/target.ts';

/** One that is also found inside of another: moved to where a record may begin, it is one. */
const INNER = noiseRecord(3, 1, 40);
const RECORDS = [
  noiseRecord(1, 2, 60),
  recordOf([bytesOf('one small chunk')]),
  noiseRecord(2, 1, 100),
  recordOf([INNER.record]),
];

type MadePack = { readonly pack: Uint8Array; readonly index: Uint8Array; readonly name: string };
let madePack: Promise<MadePack> | null = null;

/** A closed pack of all records, as a vault writes it. */
function closedPack(): Promise<MadePack> {
  madePack ??= (async (): Promise<MadePack> => {
    const directory = tempFolder();
    const packBytes = 8 + RECORDS.reduce((sum, { record }) => sum + record.length, 0);
    const vault = await openDirectoryVault({ directory, packBytes });
    await appendAll(vault, RECORDS);
    await appendAll(vault, [noiseRecord(9)]);
    await vault.close();
    const files = readdirSync(join(directory, 'packs'), { recursive: true, encoding: 'utf8' });
    const index = files.find((file) => file.endsWith('.index')) ?? '';
    const path = join(directory, 'packs', index.replace(/\.index$/, ''));
    return {
      pack: new Uint8Array(readFileSync(`${path}.pack`)),
      index: new Uint8Array(readFileSync(`${path}.index`)),
      name: path.slice(-64),
    };
  })();
  return madePack;
}

const index: FuzzTarget = {
  name: 'vault-index',
  covers: ['vault/directory/pack-format.ts'],
  codes: ['damaged-chunk', 'protocol'],
  seeds: async () => [(await closedPack()).index],
  run: async (input) => {
    const { name, pack } = await closedPack();
    const records = decodePackIndex(input, name, pack.length);
    hold(equalBytes(encodePackIndex(records), input), 'an index that is written again is the same');
  },
  mend: withHash,
};

function withHash(input: Uint8Array): Uint8Array {
  const content = input.subarray(0, Math.max(0, input.length - 32));
  return concatBytes([content, blake3(content)]);
}

let folder: string | null = null;

/** A folder that is empty again. */
export function emptyFolder(): string {
  folder ??= tempFolder();
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

/** Whatever became of the files, what is read is what was written, byte by byte, and what can be written is read again. */
async function useVault(directory: string): Promise<void> {
  const known = new Map(
    [...RECORDS, INNER].map(({ record }) => [hex(record.subarray(16, 48)), record]),
  );
  const vault = await openDirectoryVault({ directory });
  try {
    for await (const { place } of vault.records()) {
      await readKnown(async () => vault.read(place), known);
    }
    for await (const { record, problem } of vault.inspect()) {
      if (record !== null && problem === null) checkKnown(record, known);
    }
    const later = noiseRecord(77, 1, 50);
    await vault.append(later.record, later.bundle);
    const place = vault.find(firstId(later));
    hold(place !== undefined, 'a damaged vault takes what is new');
    const lease = await vault.read(place);
    hold(equalBytes(lease.bytes, later.record), 'what was appended is read');
    lease.release();
  } finally {
    await vault.close();
  }
}

async function readKnown(
  read: () => Promise<{ readonly bytes: Uint8Array; release: () => void }>,
  known: ReadonlyMap<string, Uint8Array>,
): Promise<void> {
  try {
    const lease = await read();
    checkKnown(lease.bytes, known);
    lease.release();
  } catch (error) {
    if (!(error instanceof RbError) || error.code !== 'damaged-chunk') throw error;
  }
}

function checkKnown(record: Uint8Array, known: ReadonlyMap<string, Uint8Array>): void {
  const original = known.get(hex(record.subarray(16, 48)));
  const isRight = original !== undefined && equalBytes(original, record);
  hold(isRight, 'no wrong bytes are handed out');
}

const DISK = { allocatedBytes: 8 * 1024 * 1024, ms: 2000 };

const openPack: FuzzTarget = {
  name: 'vault-open-pack',
  covers: ['vault/directory/scan-pack.ts', 'vault/directory/load-packs.ts'],
  codes: [],
  seeds: async () => [(await closedPack()).pack],
  run: async (input) => {
    const directory = emptyFolder();
    mkdirSync(join(directory, 'packs'));
    writeFileSync(join(directory, 'packs', 'open-00112233445566aa.pack'), input);
    await useVault(directory);
  },
  budget: DISK,
  shortRuns: 60,
};

/** The input is: the length of the index, the index, the pack. */
const damagedPack: FuzzTarget = {
  name: 'vault-closed-pack',
  covers: [
    'vault/directory/load-packs.ts',
    'vault/directory/inspect-pack.ts',
    'vault/directory/records-of.ts',
    'vault/directory/pack-reader.ts',
  ],
  codes: [],
  seeds: async () => {
    const made = await closedPack();
    const whole = concatBytes([lengthOf(made.index), made.index, made.pack]);
    return [whole, concatBytes([lengthOf(new Uint8Array(0)), made.pack])];
  },
  run: async (input) => {
    const { name } = await closedPack();
    const directory = emptyFolder();
    const shelf = join(directory, 'packs', name.slice(0, 2));
    mkdirSync(shelf, { recursive: true });
    const indexBytes = (input[0] ?? 0) | ((input[1] ?? 0) << 8);
    const indexEnd = Math.min(input.length, 2 + indexBytes);
    writeFileSync(join(shelf, `${name}.pack`), input.subarray(indexEnd));
    writeFileSync(join(shelf, `${name}.index`), input.subarray(2, indexEnd));
    await useVault(directory);
  },
  budget: DISK,
  shortRuns: 60,
};

function lengthOf(bytes: Uint8Array): Uint8Array {
  return Uint8Array.of(bytes.length, bytes.length >>> 8);
}

const forgotten: FuzzTarget = {
  name: 'vault-forgotten',
  covers: ['vault/directory/forgotten-list.ts'],
  codes: [],
  seeds: () => [bytesOf(`open-00112233445566aa 8\n${'ab'.repeat(32)} 4294967295\n`)],
  run: async (input) => {
    const directory = emptyFolder();
    writeFileSync(join(directory, 'forgotten'), input);
    const list = await ForgottenList.load(directory);
    list.offsetsIn('open-00112233445566aa');
  },
  budget: { allocatedBytes: 1024 * 1024, ms: 500 },
  shortRuns: 200,
};

const PAYLOADS = ['a page', 'a plan', '', 'a/path'].map((text) => bytesOf(text));

const journal: FuzzTarget = {
  name: 'rebuild-journal',
  covers: ['rebuild/journal.ts'],
  codes: [],
  seeds: () => {
    const directory = emptyFolder();
    const made = Journal.open(directory, null, () => undefined, false);
    for (const [i, payload] of PAYLOADS.entries()) made.append(JOURNAL_KINDS[i] ?? 'page', payload);
    made.close();
    return [new Uint8Array(readFileSync(join(directory, 'journal')))];
  },
  run: (input) => {
    const directory = emptyFolder();
    writeFileSync(join(directory, 'journal'), input);
    const taken: Uint8Array[] = [];
    const made = Journal.open(directory, null, ({ payload }) => taken.push(payload), false);
    made.append('foreign', bytesOf('later'));
    made.close();
    const again: Uint8Array[] = [];
    const second = Journal.open(directory, null, ({ payload }) => again.push(payload), false);
    second.close();
    hold(again.length === taken.length + 1, 'what is appended stands behind what was read');
  },
  budget: { ms: 500 },
  shortRuns: 300,
};

export const STORE_TARGETS: readonly FuzzTarget[] = [
  index,
  openPack,
  damagedPack,
  forgotten,
  journal,
];
