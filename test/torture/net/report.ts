/** What came of the cases, fault by participant. */

import process from 'node:process';

import type { Figures, Participant } from './cases.ts';
import { PARTICIPANTS } from './faults.ts';

type Row = {
  cases: number;
  struck: number;
  wrong: number;
  movedBytes: number;
  neededBytes: number;
};

export class Report {
  readonly wrongs: string[] = [];
  readonly #rows = new Map<string, Row>();

  get cases(): number {
    return [...this.#rows.values()].reduce((sum, { cases }) => sum + cases, 0);
  }

  add(fault: string, participant: Participant, figures: Figures): void {
    const row = this.#row(fault, participant);
    row.cases += 1;
    if (figures.struck) row.struck += 1;
    row.movedBytes += figures.movedBytes;
    row.neededBytes += figures.neededBytes;
  }

  /** Says it at once, too. */
  wrong(fault: string, participant: Participant, error: unknown, trial: string): void {
    const row = this.#row(fault, participant);
    row.cases += 1;
    row.wrong += 1;
    const said = error instanceof Error ? error.message : String(error);
    this.wrongs.push(`${fault}, ${participant}, ${trial}: ${said}`);
    process.stdout.write(`WRONG ${this.wrongs.at(-1)}\n`);
  }

  /**
   * Cases, those in which the fault struck and all went on, what went over the way beyond what was needed, and wrong ones. Some
   * of that surplus goes without any fault: handshakes, headers, pages, and neighbours in bundles.
   */
  table(): string {
    const names = [...new Set([...this.#rows.keys()].map((key) => key.split('|')[0] as string))];
    const width = Math.max(...names.map((name) => name.length));
    const head = `${''.padEnd(width)}${PARTICIPANTS.map((name) => name.padStart(24)).join('')}`;
    const lines = names.map((name) => {
      const cells = PARTICIPANTS.map((one) => cell(this.#rows.get(`${name}|${one}`)).padStart(24));
      return `${name.padEnd(width)}${cells.join('')}`;
    });
    return `cases/resumed, surplus, wrong\n${head}\n${lines.join('\n')}\n`;
  }

  #row(fault: string, participant: Participant): Row {
    const key = `${fault}|${participant}`;
    const known = this.#rows.get(key);
    if (known !== undefined) return known;
    const row: Row = { cases: 0, struck: 0, wrong: 0, movedBytes: 0, neededBytes: 0 };
    this.#rows.set(key, row);
    return row;
  }
}

function cell(row: Row | undefined): string {
  if (row === undefined) return '-';
  const { cases, struck, wrong, movedBytes, neededBytes } = row;
  const surplus = Math.max(0, movedBytes / Math.max(1, neededBytes) - 1);
  return `${cases}/${struck}, ${(surplus * 100).toFixed(0)} %, ${wrong}`;
}
