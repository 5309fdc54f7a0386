import { hex } from '../base/bytes.ts';
import { systemClock } from '../base/clock.ts';
import type { ErrorCode } from '../base/errors.ts';
import type { ReceiptRow } from '../catalog/proofs.ts';
import { EXIT_STATUS } from '../base/exit-status.ts';
import { jsonPath } from '../base/json-path.ts';
import { escapeName } from '../base/names.ts';
import { formatSetKey } from '../model/snapshot.ts';
import type { SetKey } from '../model/snapshot.ts';
import { jsonFailure } from './json-lines.ts';
import type { Output } from './output.ts';
import { ProgressOutput } from './progress-output.ts';
import { counted } from './view/counts.ts';
import { renderTransfer } from './view/transfer-view.ts';

const SHORT_ID_DIGITS = 12;

/** What a snapshot can't be restored whole for. */
export type ReportedProblem = {
  readonly snapshot: Uint8Array;
  readonly key: SetKey;
  readonly path: Uint8Array | null;
  readonly code: ErrorCode;
  readonly why: string;
};

/** What a check came to, after healing if that was wanted. */
export type CheckResult = {
  readonly snapshots: number;
  readonly damagedSnapshots: number;
  readonly damagedRecords: number;
  /** Numbers of the vault, where they are known. */
  readonly stats: { readonly records: number; readonly storedBytes: number } | null;
  readonly readData: boolean;
  /** Null if no healing was wanted, or none was needed. */
  readonly healed: HealResult | null;
  /** Receipts that are not signed for the copy they stand beside; left out where they weren't looked at. */
  readonly wrongReceipts?: number;
};

export type HealResult = {
  readonly healedChunks: number;
  readonly from: readonly string[];
  readonly lackingChunks: number;
  /** Whether a hub could do it. */
  readonly hasHub: boolean;
};

/** Says what a check of a vault does and finds, in the way that was asked for. */
export class CheckReport {
  readonly #output: Output;
  readonly #progress: ProgressOutput;
  readonly #broken = new Set<string>();
  #isHealing = false;

  constructor(output: Output) {
    this.#output = output;
    this.#progress = new ProgressOutput(output, systemClock);
  }

  /** On a terminal: keeps a view of how far it is. */
  async begin(title: string, snapshots: number): Promise<void> {
    const { style } = this.#output;
    await this.#output.startScreen((columns) => {
      const { place, rate, leftMs } = this.#progress;
      const looking = `Looking for all that ${counted(snapshots, 'snapshot')} need`;
      const reading = place?.phase === 'snapshots' ? looking : 'Every hash is recomputed';
      const doing = this.#isHealing ? 'Fetching again what is missing' : reading;
      return renderTransfer({ title, doing, place, rate, leftMs, copies: [] }, columns, style);
    });
  }

  at(readBytes: number, totalBytes: number, snapshots: number): void {
    const none = { file: new Uint8Array(), fileBytes: 0, fileTotal: 0, files: 0, filesTotal: 0 };
    const phase = snapshots === 0 ? 'reading' : 'snapshots';
    this.#progress.at({ ...none, phase, bytes: readBytes, total: totalBytes });
  }

  /** It is being healed; so many chunks are still missing. */
  healing(lackingChunks: number): void {
    this.#isHealing = true;
    this.#output.json({ event: 'healing', lackingChunks });
  }

  record(where: string, code: ErrorCode, message: string): void {
    this.#output.json({ event: 'damaged-record', where, code, message });
    this.#output.warn(`${where}: ${message}`);
  }

  /** Resolves when more may be told. */
  async problem({ snapshot, key, path, code, why }: ReportedProblem): Promise<void> {
    const id = hex(snapshot);
    this.#broken.add(formatSetKey(key));
    const where = path === null ? {} : jsonPath(path);
    this.#output.json({ event: 'damage', snapshot: id, ...key, ...where, code, message: why });
    const name = `${escapeName(formatSetKey(key))} ${id.slice(0, SHORT_ID_DIGITS)}`;
    this.#output.line(`${name}: ${path === null ? why : `${escapeName(path)}: ${why}`}`);
    await this.#output.drained();
  }

  wrongReceipt({ destination, name, key, snapshot }: ReceiptRow): void {
    const id = hex(snapshot);
    this.#output.json({
      event: 'wrong-receipt',
      snapshot: id,
      ...key,
      destination: hex(destination),
      name,
    });
    const set = `${escapeName(formatSetKey(key))} ${id.slice(0, SHORT_ID_DIGITS)}`;
    this.#output.warn(`${set}: the receipt of ${escapeName(name)} is not signed for this copy.`);
  }

  /** No more is to come but the result. */
  end(): void {
    this.#progress.stop();
    this.#output.endScreen(false);
  }

  /** Says the result. @returns the exit status */
  done(result: CheckResult): 0 | 1 {
    const { snapshots, damagedSnapshots, damagedRecords, stats, readData, healed } = result;
    const { wrongReceipts = 0 } = result;
    const { style } = this.#output;
    const isHealed = healed !== null && healed.hasHub;
    const isWhole = damagedSnapshots === 0 && (isHealed || damagedRecords === 0);
    const ok = isWhole && wrongReceipts === 0;
    const told = isWhole ? whole(result) : broken(result, [...this.#broken]);
    const message = wrongReceipts === 0 ? told : `${told} ${receiptsText(wrongReceipts)}`;
    this.#output.json({
      event: 'done',
      ...(ok ? { ok } : jsonFailure(isWhole ? 'wrong-receipt' : 'damaged-chunk', message)),
      snapshots,
      damagedSnapshots,
      damagedRecords,
      ...stats,
      readData,
      ...(wrongReceipts === 0 ? {} : { wrongReceipts }),
      ...(healed === null
        ? {}
        : { healedChunks: healed.healedChunks, lackingChunks: healed.lackingChunks }),
    });
    if (ok) this.#output.sentence(style.good(message));
    else this.#output.warn(style.bad(message));
    return ok ? EXIT_STATUS.done : EXIT_STATUS.failed;
  }
}

function receiptsText(count: number): string {
  const are = count === 1 ? 'is' : 'are';
  return `${counted(count, 'receipt')} ${are} not signed for the copy beside: the catalog is damaged, or somebody changed it. Run \`rbbackup verify\` at those destinations to know what they hold.`;
}

function whole({ snapshots, stats, readData, healed }: CheckResult): string {
  if (healed !== null && healed.healedChunks > 0)
    return `${fetchedAgain(healed)}; everything is whole.`;
  const depth = readData
    ? 'every byte is as it was written'
    : 'everything that they need is there (--read-data reads it all)';
  const records = stats === null ? '' : `, ${counted(stats.records, 'record')}`;
  return `${counted(snapshots, 'snapshot')}${records}: ${depth}.`;
}

function broken(result: CheckResult, sets: readonly string[]): string {
  const { snapshots, damagedSnapshots, damagedRecords, healed } = result;
  const records = damagedRecords === 0 ? '' : `${counted(damagedRecords, 'record')} damaged; `;
  const lost = `${damagedSnapshots} of ${counted(snapshots, 'snapshot')} can't be restored whole.`;
  if (healed === null)
    return `${records}${lost} Check with --heal to fetch what is missing from destinations, or back those folders up again.`;
  if (!healed.hasHub)
    return `${records}${lost} No hub runs here that could ask destinations: start it, and it heals by itself; or back those folders up again.`;
  const first = healed.healedChunks === 0 ? '' : `${fetchedAgain(healed)}. `;
  const names = sets.slice(0, 3).map((set) => escapeName(set));
  const more = sets.length > names.length ? ' and the others' : '';
  return `${first}${lost} Nobody who is connected has the rest: back up ${names.join(', ')}${more} again, or connect a destination that holds it.`;
}

function fetchedAgain({ healedChunks, from }: HealResult): string {
  const names = from.slice(0, 5).map((name) => escapeName(name));
  const more = from.length > names.length ? ' and others' : '';
  const were = healedChunks === 1 ? 'was' : 'were';
  return `${counted(healedChunks, 'chunk')} ${were} fetched again from ${names.join(', ')}${more}`;
}
