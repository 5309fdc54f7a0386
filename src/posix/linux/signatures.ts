/**
 * The C functions that the port calls, with everything that may not be wrong: here a mistake would
 * crash the process or worse. Addresses are declared as numbers, since they point into memory that
 * never moves (memory.ts); contents of files go by the caller's own buffer. Sizes and offsets are
 * those of 64-bit Linux.
 */

/** C prototypes by the name that the port uses. Arguments and results are numbers. */
export const SIGNATURES = {
  // int for the variadic mode: the registers are the same on both machines.
  openat: 'int openat(int, uint64_t, int, uint32_t)',
  close: 'int close(int)',
  lseek: 'int64_t lseek(int, int64_t, int)',
  fsync: 'int fsync(int)',
  posix_fadvise: 'int posix_fadvise(int, int64_t, int64_t, int)',
  syncfs: 'int syncfs(int)',
  readlinkat: 'int64_t readlinkat(int, uint64_t, uint64_t, uint64_t)',
  mkdirat: 'int mkdirat(int, uint64_t, uint32_t)',
  symlinkat: 'int symlinkat(uint64_t, int, uint64_t)',
  mkfifoat: 'int mkfifoat(int, uint64_t, uint32_t)',
  linkat: 'int linkat(int, uint64_t, int, uint64_t, int)',
  renameat: 'int renameat(int, uint64_t, int, uint64_t)',
  unlinkat: 'int unlinkat(int, uint64_t, int)',
  chmod: 'int chmod(uint64_t, uint32_t)',
  fchmod: 'int fchmod(int, uint32_t)',
  fchown: 'int fchown(int, uint32_t, uint32_t)',
  fchownat: 'int fchownat(int, uint64_t, uint32_t, uint32_t, int)',
  futimens: 'int futimens(int, uint64_t)',
  utimensat: 'int utimensat(int, uint64_t, uint64_t, int)',
  flistxattr: 'int64_t flistxattr(int, uint64_t, uint64_t)',
  llistxattr: 'int64_t llistxattr(uint64_t, uint64_t, uint64_t)',
  fgetxattr: 'int64_t fgetxattr(int, uint64_t, uint64_t, uint64_t)',
  lgetxattr: 'int64_t lgetxattr(uint64_t, uint64_t, uint64_t, uint64_t)',
  fsetxattr: 'int fsetxattr(int, uint64_t, uint64_t, uint64_t, int)',
  lsetxattr: 'int lsetxattr(uint64_t, uint64_t, uint64_t, uint64_t, int)',
  fremovexattr: 'int fremovexattr(int, uint64_t)',
  lremovexattr: 'int lremovexattr(uint64_t, uint64_t)',
  getpwuid: 'int getpwuid_r(uint32_t, uint64_t, uint64_t, uint64_t, uint64_t)',
  getgrgid: 'int getgrgid_r(uint32_t, uint64_t, uint64_t, uint64_t, uint64_t)',
  getpwnam: 'int getpwnam_r(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t)',
  getgrnam: 'int getgrnam_r(uint64_t, uint64_t, uint64_t, uint64_t, uint64_t)',
} as const;

/** Those whose second argument is a buffer of the caller's. */
export const BUFFER_SIGNATURES = {
  pread: 'int64_t pread(int, void *, uint64_t, int64_t)',
  pwrite: 'int64_t pwrite(int, const void *, uint64_t, int64_t)',
} as const;

/** For calls whose wrapper some C library lacks: by number, with five arguments. */
export const SYSCALL = 'long syscall(long, int64_t, int64_t, int64_t, int64_t, int64_t)';

/** asm/unistd.h of each machine. */
export const SYSCALL_NUMBERS = {
  x64: { getdents64: 217, statx: 332, renameat2: 316, fchmodat2: 452 },
  arm64: { getdents64: 61, statx: 291, renameat2: 276, fchmodat2: 452 },
} as const;
