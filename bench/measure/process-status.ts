import { readFileSync } from 'node:fs';

/** Clock ticks a second of /proc/PID/stat: USER_HZ, 100 on every Linux port that Node runs on. */
const TICKS_PER_SECOND = 100;

/**
 * The largest resident size of a running process so far (VmHWM).
 *
 * @throws Error if the process is gone
 */
export function peakBytesOf(pid: number): number {
  return statusBytes(pid, 'VmHWM');
}

/** Its resident size now. @throws Error if the process is gone */
export function residentBytesOf(pid: number): number {
  return statusBytes(pid, 'VmRSS');
}

function statusBytes(pid: number, field: string): number {
  const status = readFileSync(`/proc/${pid}/status`, 'utf8');
  const kib = new RegExp(`^${field}:\\s+(\\d+) kB$`, 'm').exec(status)?.[1];
  if (kib === undefined) throw new Error(`/proc/${pid}/status has no ${field}: it has ended.`);
  return Number(kib) * 1024;
}

/** User and system time of a running process so far, all threads. */
export function cpuSecondsOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
  // The name stands in parentheses and may hold anything; fields 14 and 15 are utime and stime.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
  return (Number(fields[11]) + Number(fields[12])) / TICKS_PER_SECOND;
}

/** How many TCP connections to a local port are established. */
export function connectionsTo(port: number): number {
  const hex = port.toString(16).toUpperCase().padStart(4, '0');
  let connections = 0;
  for (const table of ['/proc/net/tcp', '/proc/net/tcp6']) {
    for (const line of readFileSync(table, 'utf8').split('\n').slice(1)) {
      const [, local, , state] = line.trim().split(/\s+/);
      if (local?.endsWith(`:${hex}`) === true && state === '01') connections += 1;
    }
  }
  return connections;
}
