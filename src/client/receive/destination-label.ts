import { checkLabel } from '../../model/snapshot.ts';
import { hostLabel } from '../config.ts';

/** Longest folder name that is a part of a destination's name. */
const LABEL_CHARACTERS = 40;

/**
 * What origins see a destination as: what was asked for, else this machine and the name of the folder.
 * @throws name-refused
 */
export function destinationLabel(
  dir: string,
  asked: string | undefined,
  host: string | undefined,
): string {
  if (asked !== undefined) {
    checkLabel('set', asked);
    return asked;
  }
  const folder = dir
    .slice(dir.lastIndexOf('/') + 1)
    .replaceAll(/[^A-Za-z0-9._-]+/g, '-')
    .slice(0, LABEL_CHARACTERS);
  const machine = hostLabel(host);
  return folder === '' ? machine : `${machine}-${folder}`;
}
