import { formatBytes, formatDuration, formatRate } from '../../base/format.ts';
import { escapeName } from '../../base/names.ts';
import type { Copy } from '../../wire/messages-backup.ts';
import type { Place } from '../json-lines.ts';
import { bar, percent } from './bar.ts';
import { formatCount } from './counts.ts';
import type { Style } from './style.ts';
import { cutEnd, cutMiddle, fitColumns, textWidth } from './text-width.ts';
import { wrapToFit } from './wrap-text.ts';

/** Everything that a view of a transfer shows. */
export type TransferView = {
  readonly title: string;
  /** In words: what is going on. */
  readonly doing: string;
  /** Null before anything moved. */
  readonly place: Place | null;
  /** Bytes a second. */
  readonly rate: number;
  /** NaN if not known. */
  readonly leftMs: number;
  readonly copies: readonly Copy[];
};

/** ` 100 %  ` */
const PERCENT_COLUMNS = 8;
/** `1023 KiB of 1023 KiB` with a percentage before it. */
const BESIDE_COLUMNS: number = PERCENT_COLUMNS + 22;
const RATE_COLUMNS = 30;
const WIDE_COLUMNS = 100;
const MOST_BAR_COLUMNS = 80;

/** The lines of a transfer, none wider than `columns`: what, the current file and its bar, the whole, the copies. */
export function renderTransfer(view: TransferView, columns: number, style: Style): string[] {
  const rows = new Rows(labelWidth(view.copies, columns), columns, style);
  const lines = [style.bold(cutMiddle(view.title, columns)), ...wrapToFit(view.doing, columns)];
  if (view.place !== null && hasBegun(view.place))
    lines.push(...placeLines(view, view.place, rows));
  for (const copy of view.copies) {
    // An empty tree's copy has nothing to count.
    const [done, total] = copy.state === 'verified' ? [1, 1] : [copy.bytes, copy.total];
    const paint = copy.state === 'verified' ? style.good : isLost(copy) ? style.bad : undefined;
    lines.push(rows.barred(escapeName(copy.name), done, total, copyTexts(copy), paint));
  }
  return lines;
}

function placeLines(view: TransferView, place: Place, rows: Rows): string[] {
  const isUnderWay = view.rate > 0 && place.bytes < place.total;
  const speed = isUnderWay ? `  ${formatRate(view.rate)}${timeLeft(view.leftMs)}` : '';
  const whole = amounts(place.bytes, place.total);
  // While the tree is still being walked, all that is known of may be read though a file is not.
  const isInFile = place.fileBytes < place.fileTotal && place.bytes >= place.total;
  const files = `${formatCount(place.files)} of ${formatCount(place.filesTotal)} files`;
  const { fileBytes, fileTotal } = place;
  const file = [
    ` ${cutMiddle(escapeName(place.file), rows.columns - 2)}`,
    rows.barred('file', fileBytes, fileTotal, amounts(fileBytes, fileTotal)),
  ];
  return [
    ...(place.file.length === 0 ? [] : file),
    rows.barred(
      'total',
      isInFile ? place.bytes - 1 : place.bytes,
      place.total,
      rows.isWide ? [`${whole[0]}${speed}`, ...whole] : whole,
    ),
    ...(rows.isWide ? [rows.plain(files)] : rows.apart(files, speed.trim())),
  ];
}

/** Lines with a label, a bar and a text, all bars below each other. */
class Rows {
  readonly columns: number;
  /** Whether rate and time left have room beside the bar. */
  readonly isWide: boolean;
  readonly #labelColumns: number;
  readonly #barColumns: number;
  readonly #style: Style;

  constructor(labelColumns: number, columns: number, style: Style) {
    this.columns = columns;
    this.isWide = columns >= WIDE_COLUMNS;
    this.#labelColumns = labelColumns;
    const room = columns - labelColumns - 2 - BESIDE_COLUMNS - (this.isWide ? RATE_COLUMNS : 0);
    const least = Math.min(8, columns - labelColumns - 2 - PERCENT_COLUMNS);
    this.#barColumns = Math.max(least, Math.min(MOST_BAR_COLUMNS, room));
    this.#style = style;
  }

  barred(
    label: string,
    done: number,
    total: number,
    texts: readonly string[],
    paint: (text: string) => string = (t) => t,
  ): string {
    const drawn = bar(total > 0 ? done / total : 0, this.#barColumns, this.#style);
    const room = this.columns - this.#labelColumns - 2 - this.#barColumns - PERCENT_COLUMNS;
    return ` ${fitColumns(label, this.#labelColumns)} ${drawn} ${percent(done, total)}  ${paint(fitting(texts, room))}`;
  }

  /** Beside each other if there is room, else below. */
  apart(first: string, second: string): string[] {
    const both = second === '' ? first : `${first}  ${second}`;
    const isRoom = textWidth(both) + this.#labelColumns + 2 <= this.columns;
    return isRoom ? [this.plain(both)] : [this.plain(first), this.plain(second)];
  }

  plain(text: string): string {
    return cutEnd(` ${' '.repeat(this.#labelColumns)} ${text}`, this.columns);
  }
}

function hasBegun({ file, total, filesTotal }: Place): boolean {
  return file.length > 0 || total > 0 || filesTotal > 0;
}

/** What may be said of a copy beside its bar, the longest first. */
function copyTexts(copy: Copy): string[] {
  const { state, message = '', bytes, total } = copy;
  if (message !== '') return [`${state}: ${escapeName(message)}`];
  if (state !== 'receiving' && state !== 'behind') return [state];
  const some = total > 0 ? `${state}, ${formatBytes(bytes)}` : state;
  const file = escapeName(copy.file);
  return [...(file === '' ? [] : [`${some}: ${file}`]), some, state];
}

/** The first that fits; if none does, of the first what fits. */
function fitting(texts: readonly string[], columns: number): string {
  return texts.find((text) => textWidth(text) <= columns) ?? cutEnd(texts[0] ?? '', columns);
}

function isLost(copy: Copy): boolean {
  return copy.state === 'failed' || copy.state === 'gone';
}

function labelWidth(copies: readonly Copy[], columns: number): number {
  const longest = Math.max(5, ...copies.map(({ name }) => textWidth(escapeName(name))));
  return Math.min(16, Math.floor(columns / 4), longest);
}

/** The longest first. */
function amounts(done: number, total: number): string[] {
  const short = formatBytes(done);
  return total > 0 ? [`${short} of ${formatBytes(total)}`, short] : [short];
}

function timeLeft(leftMs: number): string {
  return Number.isFinite(leftMs) ? `, ${formatDuration(leftMs)} left` : '';
}
