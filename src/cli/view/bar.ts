import type { Style } from './style.ts';

/** A bar of exactly `columns` characters. @param fraction what isn't between 0 and 1 is taken as the nearer of them */
export function bar(fraction: number, columns: number, style: Style): string {
  const known = Number.isFinite(fraction) ? Math.min(1, Math.max(0, fraction)) : 0;
  // Full only when it is: who waits for the last file must not see it done.
  const filled = known === 1 ? columns : Math.min(columns - 1, Math.floor(known * columns));
  const [full, empty] = style.isUnicode ? ['█', '░'] : ['#', '.'];
  const done = full.repeat(Math.max(0, filled));
  const paint = known === 1 ? style.good : style.busy;
  return `${done === '' ? '' : paint(done)}${style.dim(empty.repeat(Math.max(0, columns - filled)))}`;
}

/** `42 %` in five columns; 100 only when it is all. */
export function percent(done: number, total: number): string {
  const value = total > 0 ? Math.min(100, Math.floor((done / total) * 100)) : 0;
  return `${String(value).padStart(3)} %`;
}
