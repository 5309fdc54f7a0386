import type { ComponentChildren } from 'preact';

import { VirtualList } from '../../shared/components/virtual-list.tsx';

type Load<T> = (offset: number, limit: number, signal: AbortSignal) => Promise<readonly T[]>;

/** A virtual list as high as its rows, up to what the screen has left below `aboveRem`. */
export function TallList<T>(props: {
  label: string;
  total: number;
  rowHeight: number;
  /** What stands above it and below, in rem. */
  aboveRem: number;
  load: Load<T>;
  version?: string | number;
  renderRow: (row: T | null, index: number) => ComponentChildren;
  onFailure?: (error: unknown) => void;
}) {
  const wanted = Math.max(1, props.total) * props.rowHeight;
  const most = `max(${Math.min(6, Math.max(1, props.total)) * props.rowHeight}px, 100dvh - ${props.aboveRem}rem)`;
  return (
    <div style={{ height: `min(${wanted}px, ${most})` }}>
      <VirtualList
        // Another height of rows is another list: the one before has measured its own.
        key={props.rowHeight}
        class="h-full"
        label={props.label}
        total={props.total}
        rowHeight={props.rowHeight}
        load={props.load}
        version={props.version ?? 0}
        renderRow={props.renderRow}
        onFailure={(error) => props.onFailure?.(error)}
      />
    </div>
  );
}

const NOTHING = Array.from({ length: 100 }, () => null);
/** Pages for rows that are here already. */
const loadNothing: Load<null> = async () => await Promise.resolve(NOTHING);

/** The same for rows that are all here. */
export function HereList<T>(props: {
  label: string;
  rows: readonly T[];
  rowHeight: number;
  aboveRem: number;
  renderRow: (row: T, index: number) => ComponentChildren;
}) {
  return (
    <TallList<null>
      label={props.label}
      total={props.rows.length}
      rowHeight={props.rowHeight}
      aboveRem={props.aboveRem}
      load={loadNothing}
      renderRow={(_, index) => {
        const row = props.rows[index];
        return row === undefined ? null : props.renderRow(row, index);
      }}
    />
  );
}
