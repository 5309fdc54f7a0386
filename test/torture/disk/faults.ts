/** Which calls of whom fail, and how. */

export type Participant = 'hub' | 'origin' | 'destination' | 'restore';

/** What the walk goes through call by call. */
export type Fault = {
  readonly participant: Participant;
  /** For people: `EIO`, `slow fsync`, `read-only`. */
  readonly name: string;
  readonly calls: readonly string[];
  /** As strace has it; null for a limit of open files. */
  readonly how: string | null;
  /** The call alone, or all that follow too until the fault is taken back. */
  readonly lasts: boolean;
  /** Whether it goes from call to call. */
  readonly walks: boolean;
};

const WRITES = ['write', 'pwrite64', 'pwritev', 'ftruncate', 'fallocate'];
const SYNCS = ['fsync', 'fdatasync', 'syncfs'];
const NAMES = ['rename', 'renameat', 'renameat2', 'mkdir', 'mkdirat', 'link', 'linkat', 'unlink'];
const MORE_NAMES = ['symlink', 'symlinkat', 'unlinkat', 'fchmod', 'fchown', 'utimensat'];
const READS = ['pread64', 'preadv', 'getdents64', 'readlinkat'];

/** Without `write`: sockets, pipes and the threads' own signals go by it. */
const CHANGES: readonly string[] = [...WRITES.slice(1), ...NAMES, ...MORE_NAMES];
/** Of each participant, the calls that it makes. */
const CALLS: Readonly<Record<Participant, readonly string[]>> = {
  hub: [
    'pwrite64',
    'pwritev',
    'ftruncate',
    ...SYNCS,
    'openat',
    'rename',
    'mkdir',
    'unlink',
    'pread64',
  ],
  origin: ['pwrite64', 'pwritev', 'fsync', 'openat', 'rename', 'mkdir', ...READS, 'statx'],
  destination: [
    'pwrite64',
    'pwritev',
    'ftruncate',
    ...SYNCS,
    'openat',
    ...NAMES,
    ...MORE_NAMES,
    ...READS,
  ],
  restore: ['pwrite64', 'pwritev', 'ftruncate', ...SYNCS, ...NAMES, ...MORE_NAMES],
};
const FULL = new Set([
  'pwrite64',
  'pwritev',
  'ftruncate',
  'openat',
  'rename',
  'renameat2',
  'mkdir',
]);
const FULL_TOO = new Set(['mkdirat', 'linkat', 'symlinkat', ...SYNCS]);

/** Every fault of the walk. */
export function allFaults(): Fault[] {
  const faults: Fault[] = [];
  for (const participant of Object.keys(CALLS) as Participant[]) {
    for (const call of CALLS[participant]) {
      for (const error of errorsOf(call, participant)) {
        const fault = { participant, name: error, calls: [call], how: `error=${error}` };
        faults.push({ ...fault, lasts: false, walks: true });
        faults.push({ ...fault, lasts: true, walks: true });
      }
    }
    faults.push(...wholeFaults(participant));
  }
  return faults;
}

/** Faults of the whole disk, from a call on. */
function wholeFaults(participant: Participant): Fault[] {
  const fault = { participant, lasts: true, walks: false };
  const readOnly = { ...fault, name: 'read-only', calls: CHANGES, how: 'error=EROFS' };
  const slow = { ...fault, name: 'slow fsync', calls: SYNCS, how: 'delay_exit=1500000' };
  const isRunning = participant === 'hub' || participant === 'destination';
  const few = { ...fault, name: 'too few files', calls: ['openat'], how: null };
  return [readOnly, slow, ...(isRunning ? [few] : [])];
}

function errorsOf(call: string, participant: Participant): string[] {
  if (READS.includes(call) || call === 'statx') return ['EIO'];
  // At the end of a process koffi 3.3.4 syncs the standard output, and waits for ever until there is space for it.
  const endsByKoffi = call === 'fsync' && (participant === 'origin' || participant === 'restore');
  const isFull = (FULL.has(call) || FULL_TOO.has(call)) && !endsByKoffi;
  const full = isFull ? ['ENOSPC', 'EDQUOT'] : [];
  return ['EIO', ...full, ...(call === 'openat' ? ['EMFILE'] : [])];
}
