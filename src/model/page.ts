import { ByteReader, ByteWriter, compareBytes } from '../base/bytes.ts';
import { RbError } from '../base/errors.ts';
import { readContent, writeContent } from './content.ts';
import { EMPTY_CONTENT, KINDS, NO_BYTES, NO_XATTRS } from './entry.ts';
import type { Entry, EntryKind, Owner, Xattr } from './entry.ts';
import { readBytes, readText, writeBytes, writeText } from './fields.ts';
import { LIMITS } from './limits.ts';
import { checkPath } from './path.ts';

/*
 * A page, as specified in docs/spec/repository.md:
 *   version (1) | owners: count, then uid gid user group each | entries: count, then each entry
 * An entry's path is front-coded against the one before it in the page.
 */

const PAGE_VERSION = 1;
const HAS_XATTRS = 1;
const HAS_LINK_GROUP = 2;
const NSEC_PER_SEC = 1_000_000_000;

/**
 * Whether a page ends behind this path: decided by the path alone, so that one more or one less entry
 * moves one boundary and not all. One path of 256 ends a page.
 */
export function endsPage(path: Uint8Array): boolean {
  // FNV-1a, 32 bits; the high byte mixes best.
  let hash = 0x811c9dc5;
  for (let i = 0; i < path.length; i++) hash = Math.imul(hash ^ (path[i] as number), 0x01000193);
  return ((hash ^ (hash >>> 15)) & 0xff) === 0;
}

/** Collects entries in walking order and says when a page is full. One builder serves page after page. */
export class PageBuilder {
  #entries: ByteWriter = new ByteWriter(64 * 1024);
  #owners: ByteWriter = new ByteWriter(256);
  #ownerIndex = new Map<string, number>();
  #lastOwner: Owner | null = null;
  #lastOwnerNumber = 0;
  #lastPath: Uint8Array = NO_BYTES;
  #pathBytes = 0;
  #count = 0;

  get count(): number {
    return this.#count;
  }

  /** @returns true when the page must be taken before the next entry is added */
  add(entry: Entry): boolean {
    writeEntry(this.#entries, entry, this.#lastPath, this.#ownerNumber(entry.owner));
    this.#lastPath = entry.path;
    this.#pathBytes += entry.path.length;
    this.#count++;
    return (
      endsPage(entry.path) ||
      this.#count >= LIMITS.pageEntries ||
      this.#entries.length >= LIMITS.pageCloseBytes ||
      this.#pathBytes >= LIMITS.pagePathBytes
    );
  }

  /** The finished page; the builder is empty afterwards. */
  take(): Uint8Array {
    const entries = this.#entries.take();
    const owners = this.#owners.take();
    const page = new ByteWriter(entries.length + owners.length + 16);
    page.varint(PAGE_VERSION);
    page.varint(this.#ownerIndex.size);
    page.bytes(owners);
    page.varint(this.#count);
    page.bytes(entries);
    this.#ownerIndex.clear();
    this.#lastOwner = null;
    this.#lastPath = NO_BYTES;
    this.#pathBytes = 0;
    this.#count = 0;
    return page.take();
  }

  #ownerNumber(owner: Owner): number {
    // Most entries have the owner of the one before, as the same object.
    if (owner === this.#lastOwner) return this.#lastOwnerNumber;
    this.#lastOwner = owner;
    this.#lastOwnerNumber = this.#numberOf(owner);
    return this.#lastOwnerNumber;
  }

  #numberOf(owner: Owner): number {
    const key = keyOf(owner);
    const known = this.#ownerIndex.get(key);
    if (known !== undefined) return known;
    this.#owners.varint(owner.uid);
    this.#owners.varint(owner.gid);
    writeText(this.#owners, owner.user);
    writeText(this.#owners, owner.group);
    this.#ownerIndex.set(key, this.#ownerIndex.size);
    return this.#ownerIndex.size - 1;
  }
}

/** Unlike every other owner's: names may hold any character. */
function keyOf({ uid, gid, user, group }: Owner): string {
  return `${uid}:${gid}:${user.length}:${user}${group}`;
}

function writeEntry(out: ByteWriter, entry: Entry, lastPath: Uint8Array, owner: number): void {
  const shared = sharedPrefix(lastPath, entry.path);
  out.varint(shared);
  writeBytes(out, entry.path.subarray(shared));
  out.varint(KINDS.indexOf(entry.kind));
  out.varint(entry.mode);
  out.varint(owner);
  out.varint(entry.mtimeSec >= 0 ? entry.mtimeSec * 2 : -entry.mtimeSec * 2 - 1);
  out.varint(entry.mtimeNsec);
  const hasXattrs = entry.xattrs.length > 0;
  out.varint((hasXattrs ? HAS_XATTRS : 0) | (entry.linkGroup === 0 ? 0 : HAS_LINK_GROUP));
  if (hasXattrs) writeXattrs(out, entry.xattrs);
  if (entry.linkGroup !== 0) out.varint(entry.linkGroup);
  if (entry.kind === 'file') writeContent(out, entry.content);
  if (entry.kind === 'symlink') writeBytes(out, entry.target);
}

/**
 * Decodes a page. Byte fields of the entries are views on `page`, which must not be changed while they
 * are in use. Paths are checked one by one; their order and their folders are checked by TreeOrder. Entries have one
 * encoding only: {@link PageBuilder} would write the same bytes.
 * @throws protocol, name-refused, unsupported, too-large
 */
export function decodePage(page: Uint8Array): Entry[] {
  const input = new ByteReader(page);
  const version = input.varint();
  if (version !== PAGE_VERSION) {
    throw new RbError(
      'unsupported',
      `A page has format ${version}; this program reads format ${PAGE_VERSION}.`,
    );
  }
  const owners = readOwners(input);
  const count = input.varint();
  if (count === 0 || count > LIMITS.pageEntries)
    throw new RbError('protocol', `A page has ${count} entries.`);
  const entries: Entry[] = [];
  let lastPath = NO_BYTES;
  let ownersUsed = 0;
  let pathBytes = 0;
  for (let i = 0; i < count; i++) {
    if (pathBytes >= LIMITS.pagePathBytes)
      throw new RbError('too-large', 'The paths of a page are too long for one page.');
    const entry = readEntry(input, lastPath, owners);
    lastPath = entry.path;
    pathBytes += lastPath.length;
    if (entry.owner === owners[ownersUsed]) ownersUsed++;
    else if (owners.indexOf(entry.owner) > ownersUsed) throw unordered();
    entries.push(entry);
  }
  if (ownersUsed !== owners.length) throw unordered();
  if (input.remaining !== 0)
    throw new RbError('protocol', 'A page has bytes behind its last entry.');
  return entries;
}

function readEntry(input: ByteReader, lastPath: Uint8Array, owners: readonly Owner[]): Entry {
  const path = readPath(input, lastPath);
  const kind: EntryKind | undefined = KINDS[input.varint()];
  if (kind === undefined) throw new RbError('protocol', 'An entry has an unknown kind.');
  const mode = input.varint();
  if (mode > 0o7777) throw new RbError('protocol', 'An entry has an impossible mode.');
  const owner = owners[input.varint()];
  if (owner === undefined)
    throw new RbError('protocol', 'An entry names an owner that its page lacks.');
  const zigzag = input.varint();
  const mtimeSec = zigzag % 2 === 0 ? zigzag / 2 : -(zigzag + 1) / 2;
  const mtimeNsec = input.varint();
  if (mtimeNsec >= NSEC_PER_SEC) throw new RbError('protocol', 'An entry has an impossible time.');
  const flags = input.varint();
  if (flags > (HAS_XATTRS | HAS_LINK_GROUP))
    throw new RbError('protocol', 'An entry has unknown flags.');
  const xattrs = (flags & HAS_XATTRS) === 0 ? NO_XATTRS : readXattrs(input);
  const linkGroup = (flags & HAS_LINK_GROUP) === 0 ? 0 : input.varint();
  if ((flags & HAS_LINK_GROUP) !== 0 && (linkGroup === 0 || kind !== 'file'))
    throw new RbError('protocol', 'A link group of no number, or on something that is no file.');
  const read =
    kind === 'file' ? readContent(input, LIMITS.inlineRefs) : { content: EMPTY_CONTENT, bytes: 0 };
  const target = kind === 'symlink' ? readTarget(input) : NO_BYTES;
  return {
    path,
    kind,
    mode,
    owner,
    mtimeSec,
    mtimeNsec,
    size: read.bytes,
    content: read.content,
    target,
    linkGroup,
    xattrs,
  };
}

/** Paths lie in blocks: an array buffer for each costs more than all the rest of an entry. */
const BLOCK_BYTES = 16 * 1024;
let block = new Uint8Array(BLOCK_BYTES);
let blockUsed = 0;

function roomFor(length: number): Uint8Array {
  if (length > BLOCK_BYTES / 4) return new Uint8Array(length);
  if (blockUsed + length > BLOCK_BYTES) {
    block = new Uint8Array(BLOCK_BYTES);
    blockUsed = 0;
  }
  blockUsed += length;
  return block.subarray(blockUsed - length, blockUsed);
}

function readPath(input: ByteReader, lastPath: Uint8Array): Uint8Array {
  const shared = input.varint();
  const suffix = readBytes(input, LIMITS.pathBytes);
  if (shared > lastPath.length)
    throw new RbError('protocol', 'A path shares more than there was before it.');
  if (shared < lastPath.length && suffix.length > 0 && suffix[0] === lastPath[shared])
    throw new RbError('protocol', 'A path shares less than it could with the one before it.');
  let path = suffix;
  if (shared > 0) {
    path = roomFor(shared + suffix.length);
    for (let i = 0; i < shared; i++) path[i] = lastPath[i] as number;
    path.set(suffix, shared);
  }
  checkPath(path);
  return path;
}

function readTarget(input: ByteReader): Uint8Array {
  const target = readBytes(input, LIMITS.targetBytes);
  if (target.length === 0 || target.includes(0))
    throw new RbError('protocol', 'A symbolic link has no usable target.');
  return target;
}

function readOwners(input: ByteReader): Owner[] {
  const count = input.varint();
  if (count > LIMITS.pageEntries) throw new RbError('protocol', `A page has ${count} owners.`);
  const owners: Owner[] = [];
  for (let i = 0; i < count; i++) {
    const uid = readId(input);
    const gid = readId(input);
    owners.push({ uid, gid, user: readOwnerName(input), group: readOwnerName(input) });
  }
  if (count > 1 && new Set(owners.map((owner) => keyOf(owner))).size < count)
    throw new RbError('protocol', 'A page has an owner twice.');
  return owners;
}

function unordered(): RbError {
  return new RbError('protocol', 'A page has owners that are not in the order of their use.');
}

function readId(input: ByteReader): number {
  const id = input.varint();
  if (id > 0xffff_fffe) throw new RbError('protocol', 'An owner has an impossible number.');
  return id;
}

function readOwnerName(input: ByteReader): string {
  return readText(input, LIMITS.ownerBytes, "An owner's name is not UTF-8.");
}

function writeXattrs(out: ByteWriter, xattrs: readonly Xattr[]): void {
  out.varint(xattrs.length);
  for (const { name, value } of xattrs) {
    writeBytes(out, name);
    writeBytes(out, value);
  }
}

function readXattrs(input: ByteReader): Xattr[] {
  const count = input.varint();
  if (count === 0 || count > LIMITS.xattrs)
    throw new RbError('protocol', `An entry has ${count} attributes.`);
  const xattrs: Xattr[] = [];
  let total = 0;
  for (let i = 0; i < count; i++) {
    const name = readBytes(input, LIMITS.nameBytes);
    const value = readBytes(input, LIMITS.xattrBytes);
    const before = xattrs.at(-1);
    if (name.length === 0 || name.includes(0))
      throw new RbError('protocol', 'An attribute has no usable name.');
    if (before && compareBytes(before.name, name) >= 0)
      throw new RbError('protocol', 'Attributes are not in order.');
    total += name.length + value.length;
    if (total > LIMITS.xattrBytes)
      throw new RbError('protocol', 'The attributes of an entry are too long.');
    xattrs.push({ name, value });
  }
  return xattrs;
}

function sharedPrefix(left: Uint8Array, right: Uint8Array): number {
  const most = Math.min(left.length, right.length);
  let shared = 0;
  while (shared < most && left[shared] === right[shared]) shared++;
  return shared;
}
