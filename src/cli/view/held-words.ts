import type { Held } from '../../wire/messages-backup.ts';
import { formatCount, formatTime } from './counts.ts';

const SHORT_ID_DIGITS = 12;

/** `of 1,000 files 812 would change and 40 be deleted` */
export function heldText({ changed, deleted, of }: Held): string {
  return `of ${formatCount(of)} files ${formatCount(changed)} would change and ${formatCount(deleted)} be deleted`;
}

/** What the origin is told. @param id as much of the snapshot's as is shown */
export function heldBackText(id: string, held: Held): string {
  return `Snapshot ${id} is kept, but held back from destinations: ${heldText(held)}. If that is right: rbbackup release ${id}`;
}

/** @param name of the set, escaped. @param held null: it wasn't held back */
export function releasedText(id: string, name: string, timeMs: number, held: Held | null): string {
  const which = `Snapshot ${id.slice(0, SHORT_ID_DIGITS)} of ${name}, of ${formatTime(timeMs)},`;
  if (held === null) return `${which} was not held back.`;
  return `${which} is released, and destinations get it: ${heldText(held)}.`;
}
