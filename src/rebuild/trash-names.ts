import { compareBytes } from '../base/bytes.ts';
import type { Fd, Posix } from '../posix/posix.ts';

/** In the destination's own folder; in it a folder for each transfer that has deleted something. */
export const TRASH: Uint8Array = Buffer.from('trash');

/** Beyond this a date can't be written with four digits of the year. */
const LAST_MS = Date.UTC(9999, 11, 31);
const NAME =
  /^(?<year>\d{4})(?<month>\d\d)(?<day>\d\d)T(?<hour>\d\d)(?<minute>\d\d)(?<second>\d\d)Z-[0-9a-f]{32}(?:-\d{1,4})?$/;

/** `20261121T140509Z-HEX`. @param set 32 hexadecimal digits */
export function trashName(timeMs: number, set: string): string {
  const clamped = Math.min(LAST_MS, Math.max(0, timeMs));
  const [date = ''] = new Date(clamped).toISOString().replaceAll(/[-:]/g, '').split('.');
  return `${date}Z-${set}`;
}

/** When what is in a folder of this name was deleted; null if it is none of ours. */
export function trashTimeMs(name: string): number | null {
  const found = NAME.exec(name)?.groups;
  if (found === undefined) return null;
  const { year, month, day, hour, minute, second } = found;
  return Date.UTC(
    Number(year),
    Number(month) - 1,
    Number(day),
    Number(hour),
    Number(minute),
    Number(second),
  );
}

/** Names of the folders in the trash that are ours, the oldest first. */
export function trashFolders(posix: Posix, trash: Fd): Uint8Array[] {
  return posix
    .readDir(trash)
    .map(({ name }) => name)
    .filter((name) => trashTimeMs(Buffer.from(name).toString('latin1')) !== null)
    .toSorted(compareBytes);
}
