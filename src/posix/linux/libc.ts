import { createRequire } from 'node:module';
import { constants } from 'node:os';
import { codeOfErrno, PosixError } from '../posix-error.ts';
import { Memory, MEMORY_BYTES } from './memory.ts';
import { BUFFER_SIGNATURES, SIGNATURES, SYSCALL, SYSCALL_NUMBERS } from './signatures.ts';

type Koffi = typeof import('koffi');
type NumberCall = (...args: readonly number[]) => number;
/** koffi gives a BigInt above 2^53. */
type OffsetCall = (...args: readonly number[]) => number | bigint;
type BufferCall = (fd: number, bytes: Uint8Array, length: number, position: number) => number;

/**
 * Every call gives -1 for an error unless its manual page says otherwise; `errno` then tells which.
 */
export type LibcCalls = Readonly<
  Record<Exclude<keyof typeof SIGNATURES, 'lseek'>, NumberCall> &
    Record<'lseek', OffsetCall> &
    Record<keyof typeof BUFFER_SIGNATURES, BufferCall> &
    Record<keyof typeof SYSCALL_NUMBERS.x64, NumberCall>
>;

/** The C library as one thread sees it. */
export type Libc = {
  readonly memory: Memory;
  readonly calls: LibcCalls;
  /** Of the last call of this thread. */
  errno(): number;
  /** Whether the last call was interrupted by a signal and is to be made again. */
  interrupted(): boolean;
  /** The error of the last call. */
  failure(syscall: string): PosixError;
};

/**
 * Binds to the C library of this process. Costs about 10 ms, once a thread.
 * @throws if koffi is missing, or a function, or this is no machine whose call numbers are known
 */
export function loadLibc(): Libc {
  const require = createRequire(import.meta.url);
  const koffi = require('koffi') as Koffi;
  const calls = bind(koffi);
  const address = koffi.alloc('uint8_t', MEMORY_BYTES) as bigint;
  const memory = new Memory(koffi.view(address, MEMORY_BYTES), Number(address));
  const errno = (): number => koffi.errno();
  return {
    memory,
    calls,
    errno,
    interrupted: () => errno() === constants.errno.EINTR,
    failure: (syscall) => new PosixError(codeOfErrno(errno()), syscall),
  };
}

function bind(koffi: Koffi): LibcCalls {
  const { arch } = process;
  if (arch !== 'x64' && arch !== 'arm64') throw new PosixError('ENOTSUP', 'syscall');
  const numbers = SYSCALL_NUMBERS[arch];
  // null: what the process has loaded already, Node's own C library among it.
  const lib = koffi.load(null);
  const syscall = lib.func(SYSCALL) as NumberCall;
  const bound: Record<string, unknown> = {
    getdents64: (dir: number, out: number, bytes: number) =>
      syscall(numbers.getdents64, dir, out, bytes, 0, 0),
    statx: (dir: number, name: number, flags: number, mask: number, out: number) =>
      syscall(numbers.statx, dir, name, flags, mask, out),
    renameat2: (dir: number, name: number, newDir: number, newName: number, flags: number) =>
      syscall(numbers.renameat2, dir, name, newDir, newName, flags),
    fchmodat2: (dir: number, name: number, mode: number, flags: number) =>
      syscall(numbers.fchmodat2, dir, name, mode, flags, 0),
  };
  for (const [name, signature] of [
    ...Object.entries(SIGNATURES),
    ...Object.entries(BUFFER_SIGNATURES),
  ]) {
    bound[name] = lib.func(signature);
  }
  return bound as LibcCalls;
}
