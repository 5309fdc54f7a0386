import {
  Virtualizer,
  elementScroll,
  observeElementOffset,
  observeElementRect,
} from '@tanstack/virtual-core';
import type { ComponentChildren } from 'preact';
import { useEffect, useLayoutEffect, useReducer, useRef, useState } from 'preact/hooks';

import { isAbort } from '../api.ts';
import { PagedRows } from './paged-rows.ts';

const OVERSCAN = 8;

type Props<T> = {
  /** What it lists; for screen readers. */
  label: string;
  total: number;
  rowHeight: number;
  /** Fetches rows; called for pages of 100. */
  load: (offset: number, limit: number, signal: AbortSignal) => Promise<readonly T[]>;
  /** Another number or text when rows that were fetched are no longer right. */
  version?: string | number;
  /** `row` is null until it has come. */
  renderRow: (row: T | null, index: number) => ComponentChildren;
  /** Its height, as a class; else as many rows as there are, 24 rem at most. */
  class?: string;
  onFailure?: (error: unknown) => void;
};

/**
 * A list of any length in a window of its own: only what is seen is on the page, only what was seen lately is in memory.
 * Rows that are added at the end come by themselves when `total` grows.
 */
export function VirtualList<T>(props: Props<T>) {
  const scroller = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const rows = usePagedRows(props, redraw);
  const virtualizer = useVirtualizer(props.total, props.rowHeight, scroller, redraw);
  const items = virtualizer.getVirtualItems();
  const first = items[0]?.index ?? 0;
  const last = items.at(-1)?.index ?? 0;
  useEffect(() => {
    if (props.total > 0) rows.want(first, last, props.total);
  }, [rows, first, last, props.total]);

  return (
    <div
      ref={scroller}
      class={`overflow-y-auto overscroll-contain ${props.class ?? 'max-h-96'}`}
      style={{
        height: props.class === undefined ? `${props.total * props.rowHeight}px` : undefined,
      }}
      tabIndex={0}
      role="region"
      aria-label={props.label}
    >
      <div role="list" class="relative" style={{ height: `${virtualizer.getTotalSize()}px` }}>
        {items.map(({ index, start, size }) => (
          <div
            key={index}
            role="listitem"
            aria-setsize={props.total}
            aria-posinset={index + 1}
            class="absolute inset-x-0 top-0"
            style={{ height: `${size}px`, transform: `translateY(${start}px)` }}
          >
            {props.renderRow(rows.at(index), index)}
          </div>
        ))}
      </div>
    </div>
  );
}

function usePagedRows<T>(props: Props<T>, redraw: (_: void) => void): PagedRows<T> {
  const latest = useRef(props);
  latest.current = props;
  const [rows, setRows] = useState(() => makeRows<T>(latest, redraw));
  const version = useRef(props.version);
  useEffect(() => {
    if (version.current === props.version) return;
    version.current = props.version;
    setRows(makeRows<T>(latest, redraw));
  }, [props.version, redraw]);
  useEffect(() => () => rows.close(), [rows]);
  return rows;
}

function makeRows<T>(latest: { current: Props<T> }, redraw: (_: void) => void): PagedRows<T> {
  return new PagedRows<T>(
    (offset, limit, signal) => latest.current.load(offset, limit, signal),
    () => redraw(undefined),
    (error) => {
      if (!isAbort(error)) latest.current.onFailure?.(error);
    },
  );
}

/** What of so many rows of one height is seen in `scroller`; `redraw` is called when that changes. */
export function useVirtualizer(
  count: number,
  rowHeight: number,
  scroller: { current: HTMLDivElement | null },
  redraw: (_: void) => void,
): Virtualizer<HTMLDivElement, Element> {
  const options = {
    count,
    getScrollElement: () => scroller.current,
    estimateSize: () => rowHeight,
    scrollToFn: elementScroll,
    observeElementRect,
    observeElementOffset,
    overscan: OVERSCAN,
    onChange: () => redraw(undefined),
  };
  const [virtualizer] = useState(() => new Virtualizer<HTMLDivElement, Element>(options));
  virtualizer.setOptions(options);
  useLayoutEffect(() => virtualizer._didMount(), [virtualizer]);
  useLayoutEffect(() => virtualizer._willUpdate());
  return virtualizer;
}
