/** Why a snapshot is held back: how many of its files, in words. */

import { formatCount } from '../format.ts';
import { plural } from './language.ts';

export function heldWordsEn(changed: number, deleted: number, of: number): string {
  const what =
    deleted === 0
      ? `${formatCount(changed)} would change`
      : changed === 0
        ? `${formatCount(deleted)} would be deleted`
        : `${formatCount(changed)} would change and ${formatCount(deleted)} be deleted`;
  return `Of ${formatCount(of)} ${plural(of, 'file', 'files')}, ${what}.`;
}

export function heldWordsEs(changed: number, deleted: number, of: number): string {
  const changing = `${formatCount(changed)} ${plural(changed, 'cambiaría', 'cambiarían')}`;
  const going = `${formatCount(deleted)} se ${plural(deleted, 'borraría', 'borrarían')}`;
  const what = deleted === 0 ? changing : changed === 0 ? going : `${changing} y ${going}`;
  return `De ${formatCount(of)} ${plural(of, 'archivo', 'archivos')}, ${what}.`;
}
