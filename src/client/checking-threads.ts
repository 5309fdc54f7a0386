import { availableParallelism } from 'node:os';

/** More would be idle memory, some 14 MB each: of a tree like the kernel's, one checks 0.7 GB/s, and writing takes longer. */
const MOST = 3;

/** Threads for checking what a rebuild receives. The one that writes has a core of its own. */
export const CHECKING_THREADS: number = Math.max(1, Math.min(MOST, availableParallelism() - 1));
