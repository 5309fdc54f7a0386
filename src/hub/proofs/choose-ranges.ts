import type { Entry } from '../../model/entry.ts';
import { decodePage } from '../../model/page.ts';
import type { HubContext } from '../hub-context.ts';
import { below, someOf } from './chance.ts';
import type { Chance } from './chance.ts';

/** Pages that files are chosen from: some 8,000 files, of which a small tree has fewer. */
const PAGES = 32;
/** Pieces that one proof asks for, and the most bytes of one. */
const PIECES = 16;
const PIECE_BYTES = 16 * 1024;
/** A tree of no more than this is asked for as a whole. */
const WHOLE_FILES = 64;
const WHOLE_BYTES: number = PIECES * PIECE_BYTES;

/** A piece of a file as the snapshot has it. */
export type Piece = { readonly entry: Entry; readonly offset: number; readonly bytes: number };

/**
 * Chooses what a destination is asked to prove: all of a small tree; of another one pieces of files on pages chosen at
 * random. Half of the pieces go to files by their size, so that each byte is as likely as another, half to files whatever
 * their size, so that small and empty ones come about too.
 *
 * @returns none if there are no files, or if the pages are lacking in the vault
 */
export async function chooseRanges(
  hub: HubContext,
  pages: readonly Uint8Array[],
  chance: Chance,
): Promise<Piece[]> {
  const files: Entry[] = [];
  for (const id of someOf(chance, pages, PAGES)) {
    const page = await hub.chunks.plain(id);
    if (page === undefined) continue;
    for (const entry of decodePage(page)) if (entry.kind === 'file') files.push(entry);
  }
  const bytes = files.reduce((sum, { size }) => sum + size, 0);
  const isAll = pages.length <= PAGES && files.length <= WHOLE_FILES && bytes <= WHOLE_BYTES;
  if (isAll) return files.map((entry) => ({ entry, offset: 0, bytes: entry.size }));
  return [...bySize(files, bytes, chance), ...someOf(chance, files, PIECES / 2)].map((entry) =>
    pieceOf(entry, chance),
  );
}

/** Half of the pieces' files: a file that is twice as long is twice as likely, and may come again. */
function bySize(files: readonly Entry[], bytes: number, chance: Chance): Entry[] {
  const wanted = Array.from({ length: PIECES / 2 }, () => chance.fraction() * bytes).toSorted(
    (a, b) => a - b,
  );
  const chosen: Entry[] = [];
  let end = 0;
  for (const entry of files) {
    end += entry.size;
    while (chosen.length < wanted.length && (wanted[chosen.length] as number) < end)
      chosen.push(entry);
  }
  return chosen;
}

function pieceOf(entry: Entry, chance: Chance): Piece {
  const bytes = Math.min(entry.size, PIECE_BYTES);
  return { entry, offset: below(chance, entry.size - bytes + 1), bytes };
}
