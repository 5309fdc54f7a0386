import assert from 'node:assert';
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';

import { GEAR_SEED } from '../model/chunking.ts';

const WASM_PAGE_BYTES = 64 * 1024;
/** The gear table lies in the first page, the window begins with the second. */
const WINDOW_AT = WASM_PAGE_BYTES;

/** The compiled scan of assembly/gear.ts over a window of its own. */
export type Gear = {
  /** In WebAssembly memory of a fixed size: it never moves. */
  readonly window: Buffer;
  /**
   * The first place p in [from, to), which must not be empty, such that the gear hash of the 64 bytes of the
   * window that end before p begins with `bits` zero bits; -1 if there is none. `from` is at least 64.
   */
  readonly scan: (from: number, to: number, bits: number) => number;
};

/** @param windowBytes rounded up to whole pages of 64 KiB */
export function loadGear(windowBytes: number): Gear {
  const pages = WINDOW_AT / WASM_PAGE_BYTES + Math.ceil(windowBytes / WASM_PAGE_BYTES);
  const memory = new WebAssembly.Memory({ initial: pages, maximum: pages });
  gearTable().copy(Buffer.from(memory.buffer));
  compiled ??= new WebAssembly.Module(readFileSync(new URL('gear.wasm', import.meta.url)));
  const { scan } = new WebAssembly.Instance(compiled, { env: { memory } }).exports;
  assert(scan !== undefined, 'gear.wasm has no scan');
  return {
    window: Buffer.from(memory.buffer, WINDOW_AT),
    scan: (from, to, bits) => {
      const place = scan(WINDOW_AT + from, WINDOW_AT + to, bits);
      return place === 0 ? -1 : place - WINDOW_AT;
    },
  };
}

/**
 * The 256 numbers of 64 bits that the gear hash adds up, little-endian, in 2048 bytes of the caller's.
 * Derived, not listed, so that nobody has to trust a table (docs/spec/chunking.md).
 */
export function gearTable(): Buffer {
  const table = Buffer.alloc(256 * 8);
  for (let byte = 0; byte < 256; byte++) {
    const digest = createHash('sha256').update(GEAR_SEED).update(Buffer.of(byte)).digest();
    digest.copy(table, byte * 8, 0, 8);
  }
  return table;
}

let compiled: object | undefined;

/** The part of the WebAssembly interface used here; without the browser's types nothing declares it. */
declare const WebAssembly: {
  readonly Memory: new (size: { initial: number; maximum: number }) => {
    readonly buffer: ArrayBuffer;
  };
  readonly Module: new (binary: Uint8Array) => object;
  readonly Instance: new (
    module: object,
    imports: object,
  ) => { readonly exports: Record<string, ((...numbers: number[]) => number) | undefined> };
};
