import { formatBytes, formatDuration, formatRate } from '../../base/format.ts';
import { escapeName } from '../../base/names.ts';
import type { Copy } from '../../wire/messages-backup.ts';
import type { Place } from '../json-lines.ts';
import { bar, percent } from './bar.ts';
import { formatCount } from './counts.ts';
import type { Style } from './style.ts';
import { cutEnd, cutStart, fitColumns, textWidth } from './text-width.ts';

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
  const lines = [style.bold(cutEnd(view.title, columns)), cutEnd(view.doing, columns)];
  if (view.place !== null) lines.push(...placeLines(view, view.place, rows));
  for (const copy of view.copies) {
    // An empty tree's copy has nothing to count.
    const [done, total] = copy.state === 'verified' ? [1, 1] : [copy.bytes, copy.total];
    const paint = copy.state === 'verified' ? style.good : isLost(copy) ? style.bad : undefined;
    lines.push(rows.barred(escapeName(copy.name), done, total, copyText(copy), paint));
  }
  return lines;
}

function placeLines(view: TransferView, place: Place, rows: Rows): string[] {
  const isUnderWay = view.rate > 0 && place.bytes < place.total;
  const speed = isUnderWay ? `  ${formatRate(view.rate)}${timeLeft(view.leftMs)}` : '';
  const whole = amounts(place.bytes, place.total);
  const files = `${formatCount(place.files)} of ${formatCount(place.filesTotal)} files`;
  return [
    ` ${cutStart(escapeName(place.file), rows.columns - 2)}`,
    rows.barred(
      'file',
      place.fileBytes,
      place.fileTotal,
      amounts(place.fileBytes, place.fileTotal),
    ),
    rows.barred('total', place.bytes, place.total, rows.isWide ? `${whole}${speed}` : whole),
    rows.plain(rows.isWide ? files : `${files}${speed}`),
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
    this.#barColumns = Math.max(8, Math.min(MOST_BAR_COLUMNS, room));
    this.#style = style;
  }

  barred(
    label: string,
    done: number,
    total: number,
    text: string,
    paint: (text: string) => string = (t) => t,
  ): string {
    const drawn = bar(total > 0 ? done / total : 0, this.#barColumns, this.#style);
    const room = this.columns - this.#labelColumns - 2 - this.#barColumns - PERCENT_COLUMNS;
    return ` ${fitColumns(label, this.#labelColumns)} ${drawn} ${percent(done, total)}  ${paint(cutEnd(text, room))}`;
  }

  plain(text: string): string {
    return cutEnd(` ${' '.repeat(this.#labelColumns)} ${text}`, this.columns);
  }
}

/** What is said of a copy beside its bar. */
export function copyText(copy: Copy): string {
  if (copy.message !== undefined && copy.message !== '')
    return `${copy.state}: ${escapeName(copy.message)}`;
  const file = copy.state === 'receiving' || copy.state === 'behind' ? escapeName(copy.file) : '';
  return file === '' ? copy.state : `${copy.state} ${file}`;
}

function isLost(copy: Copy): boolean {
  return copy.state === 'failed' || copy.state === 'gone';
}

function labelWidth(copies: readonly Copy[], columns: number): number {
  const longest = Math.max(5, ...copies.map(({ name }) => textWidth(escapeName(name))));
  return Math.min(16, Math.floor(columns / 4), longest);
}

function amounts(done: number, total: number): string {
  return total > 0 ? `${formatBytes(done)} of ${formatBytes(total)}` : formatBytes(done);
}

function timeLeft(leftMs: number): string {
  return Number.isFinite(leftMs) ? `, ${formatDuration(leftMs)} left` : '';
}
