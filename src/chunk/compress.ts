import { RbError } from '../base/errors.ts';
import { loadNativeZstd } from './native-zstd.ts';
import { nodeZstd } from './zstd.ts';
import type { Zstd } from './zstd.ts';

/**
 * Measured on 64 MB of Linux 6.1 sources, one core, in bundles of 1 MiB, as ratio and MB/s: level 1: 4.00, 310;
 * 2: 4.19, 280; 3: 4.43, 280; 4: 4.44, 225; 5: 4.77, 120; 6: 4.94, 95. On the text of an installed node_modules:
 * level 1: 5.30, 410; 2: 5.68, 360; 3: 6.01, 350. Level 3 takes a tenth less room than 1 and about a quarter more
 * time; beyond it a few percent cost twice the time. Random data: 0.02 ns a byte, given up after the probe.
 */
export const DEFAULT_LEVEL = 3;

/** What is not shortened by at least 3 % is stored plain: decompressing would cost more than it saves. */
const MOST_KEPT = 0.97;
/** Input of at least this length is probed before it is compressed. */
const PROBED_BYTES = 256 * 1024;
const PROBE_SLICES = 4;
const PROBE_SLICE_BYTES = 4 * 1024;
/** A probe that keeps more than this has found nothing to gain. */
const PROBE_MOST_KEPT = 0.99;

let library: Zstd | undefined;
let probe: Buffer | undefined;

/**
 * One zstd frame, in memory that the next call uses again, or null if that would not save at least 3 %: then store
 * the bytes as they are. Long input that does not compress is found out from a sample of it.
 *
 * @param level of zstd, 1 (fast) to 19
 */
export function compress(bytes: Uint8Array, level: number = DEFAULT_LEVEL): Uint8Array | null {
  const mostBytes = Math.floor(bytes.length * MOST_KEPT);
  if (mostBytes === 0) return null;
  if (bytes.length >= PROBED_BYTES && !isWorthwhile(bytes)) return null;
  return zstd().compress(bytes, level, mostBytes);
}

/**
 * The plain bytes of what {@link compress} made, in an array buffer of their own. The input may be hostile: no
 * more memory than `plainBytes` and a window of 8 MiB is taken, whatever it says.
 *
 * @param room at least `plainBytes` long: the plain bytes may be written there instead
 * @throws RbError `damaged-chunk` unless it decodes to exactly `plainBytes` bytes
 */
export function decompress(stored: Uint8Array, plainBytes: number, room?: Uint8Array): Uint8Array {
  const plain = plainBytes > 0 ? zstd().decompress(stored, plainBytes, room) : null;
  if (plain === null) {
    throw new RbError(
      'damaged-chunk',
      'Compressed data does not decode to the length it should have.',
      {
        context: { storedBytes: stored.length, plainBytes },
      },
    );
  }
  return plain;
}

function zstd(): Zstd {
  library ??= loadNativeZstd() ?? nodeZstd;
  return library;
}

/** Whether evenly spaced slices of the input compress at all. */
function isWorthwhile(bytes: Uint8Array): boolean {
  probe ??= Buffer.allocUnsafeSlow(PROBE_SLICES * PROBE_SLICE_BYTES);
  const step = Math.floor((bytes.length - PROBE_SLICE_BYTES) / (PROBE_SLICES - 1));
  for (let slice = 0; slice < PROBE_SLICES; slice++) {
    const from = slice * step;
    probe.set(bytes.subarray(from, from + PROBE_SLICE_BYTES), slice * PROBE_SLICE_BYTES);
  }
  return zstd().compress(probe, 1, Math.floor(probe.length * PROBE_MOST_KEPT)) !== null;
}
