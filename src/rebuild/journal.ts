import {
  closeSync,
  fsyncSync,
  ftruncateSync,
  openSync,
  renameSync,
  rmSync,
  writeSync,
} from 'node:fs';
import { join } from 'node:path';

import { ByteReader, ByteWriter, equalBytes } from '../base/bytes.ts';
import { blake3 } from '../base/hash.ts';
import { readAt } from '../base/durable-read.ts';
import { LIMITS } from '../model/limits.ts';

/*
 * What a run is about to put in place, written before it does, so that after a crash it is known which paths are
 * ours although no state names them yet. Layout (little-endian):
 *   head: "RBJ1" | has base u8 | snapshot id of the state it belongs to (32, zeros if none)
 *   record: kind u8 | length u32 | first 8 bytes of the payload's BLAKE3 | payload
 * A record that is cut short or damaged ends the journal: what stood behind it counts as never written.
 */

const MAGIC = 0x314a4252;
const HEAD_BYTES = 5 + LIMITS.idBytes;
const RECORD_HEAD_BYTES = 13;
const MOST_PAYLOAD_BYTES = 8 * 1024 * 1024;

/** page: its bytes. plan: page id (32) and a bit for each entry that is not ours. list: a list chunk. foreign: a path. */
export const JOURNAL_KINDS = ['page', 'plan', 'list', 'foreign'] as const;
export type JournalKind = (typeof JOURNAL_KINDS)[number];

export type JournalRecord = {
  readonly kind: JournalKind;
  readonly payload: Uint8Array;
  readonly offset: number;
};

/** An append-only file of one run and of the runs before it that did not come to a commit. */
export class Journal {
  readonly #path: string;
  readonly #fd: number;
  #end: number;
  readonly #isDurable: boolean;
  #isSynced = true;

  private constructor(path: string, fd: number, end: number, isDurable: boolean) {
    this.#isDurable = isDurable;
    this.#path = path;
    this.#fd = fd;
    this.#end = end;
  }

  /**
   * Opens the journal of a folder, or begins one. One that belongs to another state, or whose head is damaged, is
   * set aside; a torn end is cut off.
   * @param base snapshot id of the state at hand
   * @param take is called for each record, in order
   * @param isDurable false if nobody will ever go on from it: {@link sync} does nothing then
   */
  static open(
    folder: string,
    base: Uint8Array | null,
    take: (record: JournalRecord) => void,
    isDurable: boolean,
  ): Journal {
    const path = join(folder, 'journal');
    const fd = openSync(path, 'a+', 0o600);
    const head = new ByteWriter(HEAD_BYTES);
    head.u32(MAGIC);
    head.u8(base === null ? 0 : 1);
    head.bytes(base ?? new Uint8Array(LIMITS.idBytes));
    const wanted = head.take();
    const found = readAt(fd, 0, HEAD_BYTES);
    if (found.length > 0 && !equalBytes(found, wanted)) {
      closeSync(fd);
      renameSync(path, join(folder, 'journal.aside'));
      return Journal.open(folder, base, take, isDurable);
    }
    if (found.length === 0) writeSync(fd, wanted);
    let end = HEAD_BYTES;
    for (let record = readRecord(fd, end); record !== null; record = readRecord(fd, end)) {
      take(record);
      end = record.offset + record.payload.length;
    }
    ftruncateSync(fd, end);
    return new Journal(path, fd, end, isDurable);
  }

  /** @returns where the payload begins. Durable after {@link sync}. */
  append(kind: JournalKind, payload: Uint8Array): number {
    const record = new ByteWriter(RECORD_HEAD_BYTES + payload.length);
    record.u8(JOURNAL_KINDS.indexOf(kind));
    record.u32(payload.length);
    record.bytes(blake3(payload).subarray(0, 8));
    record.bytes(payload);
    const bytes = record.peek();
    for (let done = 0; done < bytes.length;) done += writeSync(this.#fd, bytes, done);
    const offset = this.#end + RECORD_HEAD_BYTES;
    this.#end = offset + payload.length;
    this.#isSynced = false;
    return offset;
  }

  /** Everything appended is on stable storage after. Costs nothing if nothing was. */
  sync(): void {
    if (this.#isSynced || !this.#isDurable) return;
    fsyncSync(this.#fd);
    this.#isSynced = true;
  }

  read(offset: number, bytes: number): Uint8Array {
    return readAt(this.#fd, offset, bytes);
  }

  close(): void {
    closeSync(this.#fd);
  }

  /** After a commit. */
  remove(): void {
    closeSync(this.#fd);
    rmSync(this.#path, { force: true });
  }
}

function readRecord(fd: number, at: number): JournalRecord | null {
  const bytes = readAt(fd, at, RECORD_HEAD_BYTES);
  if (bytes.length < RECORD_HEAD_BYTES) return null;
  const head = new ByteReader(bytes);
  const kind = JOURNAL_KINDS[head.u8()];
  const length = head.u32();
  const check = head.bytes(8);
  if (kind === undefined || length > MOST_PAYLOAD_BYTES) return null;
  const payload = readAt(fd, at + RECORD_HEAD_BYTES, length);
  if (payload.length < length || !equalBytes(check, blake3(payload).subarray(0, 8))) return null;
  return { kind, payload, offset: at + RECORD_HEAD_BYTES };
}
