/** The kinds of things that a hub keeps, and how each is damaged. */

import { rmSync, statSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';

import type { ChunkKind } from '../../../src/model/bundle.ts';
import type { Random } from '../../rebuild/random-tree.ts';
import { damageFile, damagePiece } from './inflict.ts';
import type { Damage } from './inflict.ts';
import { CLOSED_PACK, filesBelow, INDEX, OPEN_PACK, recordsOf } from './places.ts';
import type { HubScene, Scene } from './scene.ts';

export type HubKind = {
  readonly name: string;
  readonly hub: (scene: Scene) => HubScene;
  readonly withLong?: true;
  readonly isKilled?: true;
  /** @returns false if there is nothing of the kind to be damaged so */
  readonly inflict: (dir: string, how: Damage, random: Random, scene: Scene) => boolean;
};

const PACK_HEAD_BYTES = 8;

export const HUB_KINDS: readonly HubKind[] = [
  ...(['open', 'closed'] as const).flatMap((state) => [
    ...(['data', 'list', 'page', 'snapshot'] as const).map((kind) => recordKind(state, kind)),
    headKind(state),
    packKind(state),
  ]),
  fileKind('index of a pack', INDEX),
  { ...fileKind('index and its pack', INDEX), inflict: damageIndexAndPack },
  withFile('forgotten list', 'packs/forgotten', `${'ab'.repeat(32)} 123\n`.repeat(20)),
  withFile('lock of the vault', 'lock.db', null),
  withFile('lock of the identity', 'identity-lock.db', null),
  fileKind('catalog', /(?:^|\/)catalog\.db$/),
  { ...fileKind('log of the catalog', /(?:^|\/)catalog\.db-wal$/), isKilled: true },
  fileKind('key of the hub', /(?:^|\/)device-key\.pem$/),
  fileKind('certificate of the hub', /(?:^|\/)device-cert\.pem$/),
];

function hubOf(state: 'open' | 'closed'): HubKind['hub'] {
  return (scene) => (state === 'open' ? scene.open : scene.closed);
}

function pick<T>(from: readonly T[], random: Random): T | undefined {
  return from.length === 0 ? undefined : from[random(from.length)];
}

function recordKind(state: 'open' | 'closed', kind: ChunkKind): HubKind {
  const inflict: HubKind['inflict'] = (dir, how, random) => {
    const packs = filesBelow(dir, state === 'open' ? OPEN_PACK : CLOSED_PACK);
    const all = packs.flatMap((pack) => recordsOf(pack)).filter((record) => record.kind === kind);
    const record = pick(all, random);
    if (record === undefined) return false;
    const same = all.filter(({ pack, offset }) => pack === record.pack && offset !== record.offset);
    const twin = pick(same, random);
    if (how === 'swapped' && twin === undefined) return false;
    const piece = { ...record, path: record.pack };
    damagePiece(piece, twin === undefined ? null : { ...twin, path: twin.pack }, how, random);
    return true;
  };
  const name = `${kind} record, ${state} pack`;
  return { name, hub: hubOf(state), ...(kind === 'list' && { withLong: true }), inflict };
}

function headKind(state: 'open' | 'closed'): HubKind {
  const inflict: HubKind['inflict'] = (dir, how, random) => {
    const path = pick(filesBelow(dir, state === 'open' ? OPEN_PACK : CLOSED_PACK), random);
    if (path === undefined || how === 'swapped') return false;
    damagePiece({ path, offset: 0, bytes: PACK_HEAD_BYTES }, null, how, random);
    return true;
  };
  return { name: `head of ${state} pack`, hub: hubOf(state), inflict };
}

function packKind(state: 'open' | 'closed'): HubKind {
  const fits = state === 'open' ? OPEN_PACK : CLOSED_PACK;
  return { ...fileKind(`${state} pack`, fits), hub: hubOf(state) };
}

/** Files of these names; swapped with the one of the same kind of another hub, or of this. */
function fileKind(name: string, fits: RegExp): HubKind {
  const inflict: HubKind['inflict'] = (dir, how, random, scene) => {
    const path = pick(filesBelow(dir, fits), random);
    const own = filesBelow(dir, fits).filter((one) => one !== path);
    const twin = pick([...own, ...filesBelow(scene.other.dir, fits)], random) ?? null;
    if (path === undefined || (how === 'swapped' && twin === null)) return false;
    // What belongs to other trials stays as it is.
    damageFile(path, twin, how, random);
    return true;
  };
  return { name, hub: hubOf('closed'), inflict };
}

/** A file that has to be made first, or may be empty: damage other than its loss is rubbish in it. */
function withFile(name: string, path: string, text: string | null): HubKind {
  const inflict: HubKind['inflict'] = (dir, how, random) => {
    const file = join(dir, path);
    if (how === 'swapped') return false;
    if (text !== null) writeFileSync(file, text);
    else if (how !== 'removed' && how !== 'emptied')
      writeFileSync(file, Buffer.from(Array.from({ length: 5000 }, () => random(256))));
    if (how === 'removed' || statSync(file).size > 0) damageFile(file, null, how, random);
    return true;
  };
  return { name, hub: hubOf('closed'), inflict };
}

/** A pack that is damaged somewhere, and no index that says where its records are. */
function damageIndexAndPack(dir: string, how: Damage, random: Random): boolean {
  const pack = pick(filesBelow(dir, CLOSED_PACK), random);
  if (pack === undefined) return false;
  const twin = filesBelow(dir, CLOSED_PACK).find((one) => one !== pack) ?? null;
  rmSync(pack.replace(/pack$/, 'index'));
  damageFile(pack, twin, how, random);
  return true;
}
