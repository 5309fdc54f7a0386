import { hex } from '../base/bytes.ts';
import { escapeName } from '../base/names.ts';
import type { Copy } from '../wire/messages-backup.ts';
import type { At } from '../wire/messages-follow.ts';
import { MAX_COPIES, MESSAGE_BYTES } from '../wire/wire-limits.ts';
import { Signal } from './signal.ts';

/** A destination, as far as copies are concerned. */
export type Holder = { readonly destination: Uint8Array; readonly name: string };

const NO_FILE = new Uint8Array(0);
/**
 * Most bytes of files' names and messages in one list: both are a destination's to choose, and a message that is too long
 * would tell the origin of no copy at all. Of a thousand copies all else takes less than the other half of it.
 */
const DETAIL_BYTES: number = MESSAGE_BYTES / 2;

/**
 * How far each destination is with one run. A destination that was counted stays in the list: when it leaves it is
 * 'gone', when it returns it goes on; 'verified' is final, unless a proof fails.
 */
export class Copies {
  readonly changed: Signal = new Signal();
  readonly #copies = new Map<string, Copy>();

  /** Fits into a message, whatever the destinations said: then some come without file and message. */
  list(): Copy[] {
    let leftBytes = DETAIL_BYTES;
    return Array.from(this.#copies.values(), (copy) => {
      const { message, ...plain } = copy;
      leftBytes -= copy.file.length + Buffer.byteLength(message ?? '');
      return leftBytes >= 0 ? copy : { ...plain, file: NO_FILE };
    });
  }

  /** It is there, and will be offered the run. */
  expect(holder: Holder): void {
    const known = this.#copies.get(hex(holder.destination));
    if (known === undefined || known.state === 'gone') this.waits(holder);
  }

  /** It is there, and its next attempt is still to come. */
  waits(holder: Holder): void {
    this.#set(holder, { state: 'waiting', file: NO_FILE });
  }

  /** It has begun to read. */
  begin(holder: Holder): void {
    this.#set(holder, { state: 'receiving', bytes: 0 });
  }

  at(holder: Holder, at: At, isBehind: boolean): void {
    const { bytes, total, file } = at;
    this.#set(holder, { state: isBehind ? 'behind' : 'receiving', bytes, total, file });
  }

  verified(holder: Holder, bytes: number): void {
    this.#set(holder, { state: 'verified', bytes, total: bytes, file: NO_FILE });
  }

  /** @param message of the destination; hostile */
  failed(holder: Holder, message: string): void {
    this.#set(holder, {
      state: 'failed',
      file: NO_FILE,
      message: escapeName(message).slice(0, 1000),
    });
  }

  /** What it said is verified was found not to be. */
  disproven(holder: Holder, message: string): void {
    const destination = hex(holder.destination);
    const known = this.#copies.get(destination);
    if (known === undefined) return;
    if (known.state === 'verified') this.#copies.set(destination, { ...known, state: 'failed' });
    this.failed(holder, message);
  }

  /** Its connection ended. */
  gone(holder: Holder): void {
    if (this.#copies.has(hex(holder.destination)))
      this.#set(holder, { state: 'gone', file: NO_FILE });
  }

  #set(holder: Holder, change: Partial<Copy> & Pick<Copy, 'state'>): void {
    const destination = hex(holder.destination);
    const known = this.#copies.get(destination);
    if (known?.state === 'verified' || (known === undefined && this.#copies.size >= MAX_COPIES))
      return;
    const { message: _, ...before } = known ?? { bytes: 0, total: 0, file: NO_FILE };
    this.#copies.set(destination, { ...before, destination, name: holder.name, ...change });
    this.changed.notify();
  }
}
