import type { StoredResult } from './results-file.ts';

/**
 * What stands beside a goal that is missed: what was tried, and what the profile says is left. By row (`P4`), or by row and work
 * (`P5 large, restore`) where that needs words of its own. Written by hand; shown only while the goal is missed.
 */
const REMARKS: Readonly<Record<string, string>> = {
  P1: 'Both cores are busy from start to end: some 7.7 s of processor time at the origin and 3.6 s at the hub. It was 14.4 s in all before bundles lay in memory that threads share (ADR 8), before compression followed the load (ADR 9) and hashing made no garbage. Of what is left, zstd at level 1 is 3.2 to 3.6 s, reading and hashing 78,000 files 2.1, checking every id at the hub 2.0: these three alone are more than a third of restic’s time on two cores. More cores help; fewer checks would not be the same promise.',
  P3: 'All files have new times, so all 1.3 GB are read and hashed, by one thread: 1.6 s of the 1.7. Not tried: two threads.',
  P4: 'Origin 5.1 s and hub 4.5 s of processor time, before 7.6 and 9.3. Left at the hub: TLS 1.0, writing to the pack 1.2, hashing what comes twice (checksum of the record, id of the chunk) 0.6, copying into shared memory 0.3.',
  'P5 kernel, restore':
    'System calls of 78,000 files, half of all: open, write, rename, and the times.',
  'P5 large, restore':
    'Alone it takes 3.8 to 4.3 s, beside the repositories of the others in memory 5 to 9: first touches of memory cost this virtual machine 2 to 3 ns a byte, and our bytes pass two processes. Left: TLS 1.8 s at both ends, hashing 1.0, writing 1.7.',
  'P6 kernel to 1 destination':
    'The origin costs what a backup costs, a destination 6.4 s (10.3 before): 2.6 in system calls of 78,000 files, decompressing 1.2, hashing 0.7. rsync neither hashes what it sends nor keeps a snapshot. Tried and left: filling new folders aside and renaming them once saves the renames, but half a folder could be seen after a crash.',
  'P6 kernel to 3 destinations':
    'As with one: 19 s of processor time are the destinations’, 7.5 the origin’s, 6 the hub’s, on two cores.',
  'P6 large to 1 destination':
    'Every byte passes TLS twice and is hashed at three places, at origin, hub and destination: 17 s of processor time in all.',
  'P6 large to 3 destinations':
    'The hub’s loop is one thread: it encrypts 6 GB and reads most of it back from its packs, as destinations on the same two cores fall behind.',
  'P6 kernel to 5 destinations':
    'Each further destination costs 6.4 to 7.8 s of processor time on the same two cores, for rsync 4.7: what is won is the origin’s share, which stays the same. At ten it is enough.',
  'P6 large to 5 destinations':
    'As with three: the hub encrypts each byte five times, in one thread.',
  P10: 'In memory it is met (1.98). On disk three destinations write 6 GB beside the hub, fall behind on the same two cores, and are read for from the packs; the bare relay writes nothing. Not profiled apart.',
  'P6 large to 10 destinations':
    'On disk, as 23 GB do not fit into memory. All ten destinations write to the same disk, as do the ten of rsync.',
};

/** The remarks on the goals that are missed now. */
export function remarksSection(results: readonly StoredResult[]): string[] {
  const missed = results.filter(({ verdicts }) =>
    verdicts.some(({ ratio, most }) => ratio === null || ratio > most),
  );
  const names = new Set(
    missed.flatMap(({ row, work }) => [row, `${row} ${work}`]).filter((name) => name in REMARKS),
  );
  if (names.size === 0) return [];
  return [
    '## Missed: what was tried, and what is left',
    '',
    ...[...names].map((name) => `- ${name}: ${REMARKS[name] ?? ''}`),
    '',
  ];
}
