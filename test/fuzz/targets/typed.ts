import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import { InvalidArgumentError } from 'commander';

import { equalBytes } from '../../../src/base/bytes.ts';
import { RbError } from '../../../src/base/errors.ts';
import { parseDuration, parseRate, parseSize } from '../../../src/base/format.ts';
import { escapeName, escapeText } from '../../../src/base/names.ts';
import { readExcludes } from '../../../src/cli/exclude-patterns.ts';
import {
  addressOption,
  copiesOption,
  durationOption,
  listenOption,
  portOption,
  rateOption,
} from '../../../src/cli/option-values.ts';
import { splitSnapshotPath } from '../../../src/cli/snapshot-path.ts';
import { treePath } from '../../../src/cli/tree-path.ts';
import { formatMinute } from '../../../src/cli/view/counts.ts';
import { readHubs } from '../../../src/client/config.ts';
import { Destination } from '../../../src/client/receive/destination.ts';
import { GuiMemory } from '../../../src/console/client/gui-memory.ts';
import { checkLabel } from '../../../src/model/snapshot.ts';
import { Excludes } from '../../../src/scan/excludes.ts';
import { tempFolder } from '../../vault/temp-folder.ts';
import { again, bytesOf, hold } from '../engine/target.ts';
import type { FuzzTarget } from '../engine/target.ts';

const OPTIONS = [addressOption, copiesOption, durationOption, listenOption, portOption, rateOption];

const options: FuzzTarget = {
  name: 'cli-options',
  covers: ['cli/option-values.ts', 'base/format.ts', 'wire/address.ts'],
  codes: ['usage'],
  seeds: () =>
    ['1h30m', '500k', '1.5MiB/s', '0.0.0.0:7420', '[::1]:0', '65535', '24h'].map((text) =>
      bytesOf(text),
    ),
  run: (input) => {
    const text = Buffer.from(input).toString();
    for (const parse of OPTIONS) {
      try {
        parse(text);
      } catch (error) {
        if (!(error instanceof InvalidArgumentError)) throw error;
      }
    }
    for (const parse of [parseDuration, parseRate, parseSize]) {
      const value = valueOf(() => parse(text));
      hold(value === null || (Number.isSafeInteger(value) && value >= 0), 'a whole number');
    }
  },
  // Each refusal quotes it.
  budget: { allocatedPerByte: 2048 },
};

function valueOf<T>(parse: () => T): T | null {
  try {
    return parse();
  } catch (error) {
    if (error instanceof RbError && error.code === 'usage') return null;
    throw error;
  }
}

const snapshotPath: FuzzTarget = {
  name: 'cli-snapshot-path',
  covers: ['cli/snapshot-path.ts', 'cli/tree-path.ts', 'model/path.ts'],
  codes: ['usage', 'name-refused'],
  seeds: () =>
    ['latest', 'ana@pc:photos@latest:a/b', '0a1b:/x//./y', '@latest:..'].map((text) =>
      bytesOf(text),
    ),
  words: ['@latest', ':', '..', '/./'].map((text) => bytesOf(text)),
  run: (input) => {
    const { subtree } = splitSnapshotPath(input);
    if (subtree === null) return;
    hold(subtree.length > 0, 'a path of nothing is none');
    const plain = again('made plain again', () => treePath(subtree));
    hold(equalBytes(plain, subtree), 'a path that was made plain stays as it is');
  },
};

const UNSAFE = /[\p{Cc}\u202a-\u202e]/u;

const names: FuzzTarget = {
  name: 'base-names',
  covers: ['base/names.ts', 'model/snapshot.ts', 'cli/view/counts.ts'],
  codes: ['name-refused'],
  seeds: () =>
    ['plain', 'a\u202eb\\', '\u{1f600}\u0000', '\ud800\udfff\n'].map((text) => bytesOf(text)),
  run: (input) => {
    const text = Buffer.from(input).toString();
    const shown = [escapeName(input), escapeName(text), escapeText(text)];
    hold(
      shown.every((one) => !UNSAFE.test(one)),
      'is safe to show',
    );
    formatMinute(input.reduce((sum, byte) => sum * 256 + byte, 0));
    checkLabel('user', text);
  },
  // It is shown in three ways, each up to four times as long.
  budget: { allocatedPerByte: 1024 },
};

/** Lines before an empty one are patterns, those behind it are paths. */
const excludes: FuzzTarget = {
  name: 'scan-excludes',
  covers: ['scan/excludes.ts', 'scan/deep-pattern.ts'],
  codes: ['usage'],
  seeds: () =>
    [
      '*.tmp\n!keep.tmp\n/build/\n**/x/*\n\na.tmp\nbuild\nb/x/c',
      '[a-c]?\\*\n[!x]\n[[:alpha:]]\n\nab*\nb',
      `*a*a*b\n\n${'a'.repeat(60)}`,
      `**/a/**/a/**/b\n!a/**/b/**\n\n${'a/'.repeat(90)}a`,
    ].map((text) => bytesOf(text)),
  words: ['**', '*', '[', ']', '\\', '!', '/', '{', '(', '\n\n', '[[:', '*a', '?'].map((text) =>
    bytesOf(text),
  ),
  run: (input) => {
    const [patterns = '', paths = ''] = Buffer.from(input).toString('latin1').split('\n\n', 2);
    const rules = new Excludes(patterns.split('\n'));
    for (const path of paths.split('\n').slice(0, 20)) {
      if (!isPath(path)) continue;
      rules.has(bytesOf(path), false);
      rules.has(bytesOf(path), true);
    }
  },
  mostBytes: 700,
  // Each pattern becomes a regular expression.
  budget: { allocatedBytes: 2 * 1024 * 1024, allocatedPerByte: 16 * 1024, ms: 100, msPerByte: 0.1 },
};

/** What a walk may ask: no component is empty, `.` or `..`. */
function isPath(path: string): boolean {
  return path.split('/').every((name) => !['', '.', '..'].includes(name) && !name.includes('\0'));
}

const folder = tempFolder();

function emptied(): string {
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  return folder;
}

const JSON_WORDS = ['{', '}', '[', ']', 'null', '1e999', '"', '__proto__', '-1', ',', ':'].map(
  (text) => bytesOf(text),
);
const FILES = { allocatedBytes: 1024 * 1024, ms: 500 };

const excludeFile: FuzzTarget = {
  name: 'cli-exclude-file',
  covers: ['cli/exclude-patterns.ts'],
  codes: ['not-found'],
  seeds: () => [bytesOf('\ufeff# comment\r\n*.tmp\n\n!a\n')],
  run: async (input) => {
    const path = join(emptied(), 'patterns');
    writeFileSync(path, input);
    const patterns = await readExcludes([{ kind: 'file', text: path }]);
    hold(
      patterns.every((pattern) => !pattern.includes('\n')),
      'a pattern is a line',
    );
  },
  budget: FILES,
  shortRuns: 300,
};

const hubs: FuzzTarget = {
  name: 'client-hubs-json',
  covers: ['client/config.ts'],
  codes: ['usage'],
  seeds: () => [
    bytesOf(
      JSON.stringify({
        version: 1,
        hubs: [{ addresses: ['a:1'], fingerprint: 'ab'.repeat(32), name: 'ana' }],
      }),
    ),
  ],
  words: JSON_WORDS,
  run: async (input) => {
    const dir = emptied();
    writeFileSync(join(dir, 'hubs.json'), input);
    const known = await readHubs(dir);
    for (const hub of known) {
      hold(/^[0-9a-f]{64}$/.test(hub.fingerprint), 'a fingerprint');
      hold(
        hub.addresses.every((address) => typeof address === 'string'),
        'addresses',
      );
    }
  },
  budget: FILES,
  shortRuns: 300,
};

const gui: FuzzTarget = {
  name: 'console-gui-json',
  covers: ['console/client/gui-memory.ts'],
  codes: [],
  seeds: () => [
    bytesOf(
      JSON.stringify({
        version: 1,
        receives: [
          {
            id: '0123456789abcdef',
            hub: { fingerprint: 'ab'.repeat(32), name: 'ana' },
            request: { kind: 'receive', folder: { path: '/x' }, set: null, localPort: 5 },
          },
        ],
        recent: [{ path: '/y', pathBytes: 'L3k=' }],
      }),
    ),
  ],
  words: JSON_WORDS,
  run: async (input) => {
    const dir = emptied();
    writeFileSync(join(dir, 'gui.json'), input);
    const memory = await GuiMemory.open(dir, () => undefined);
    hold(
      memory.receives.every(({ id }) => id.length === 16),
      'ids of receives',
    );
  },
  budget: FILES,
  shortRuns: 300,
};

const destination: FuzzTarget = {
  name: 'client-destination-json',
  covers: ['client/receive/destination.ts'],
  codes: ['damaged-state', 'name-refused'],
  seeds: () => [
    bytesOf(JSON.stringify({ version: 1, id: 'ab'.repeat(16), single: null })),
    bytesOf(
      JSON.stringify({
        version: 1,
        id: 'ab'.repeat(16),
        single: { user: 'ana', host: 'pc', set: 'photos' },
      }),
    ),
  ],
  words: [...JSON_WORDS, bytesOf('..'), bytesOf('/')],
  run: async (input) => {
    const own = join(emptied(), '.rbbackup');
    mkdirSync(join(own, 'sets', 'x'), { recursive: true });
    writeFileSync(join(own, 'destination.json'), input);
    writeFileSync(join(own, 'sets', 'x', 'set.json'), input);
    const opened = await Destination.open(folder, undefined);
    try {
      hold(opened.id.length === 16, 'an id');
      const root = opened.rootOf({ user: 'ana', host: 'pc', set: 'photos' });
      hold(root.startsWith(folder), 'stays inside its folder');
      await opened.held();
    } finally {
      opened.close();
    }
  },
  budget: FILES,
  shortRuns: 200,
};

export const TYPED_TARGETS: readonly FuzzTarget[] = [
  options,
  snapshotPath,
  names,
  excludes,
  excludeFile,
  hubs,
  gui,
  destination,
];
