import { useLayoutEffect, useRef } from 'preact/hooks';

/**
 * Keeps what is looked at in its place when rows come and go above it.
 *
 * @param keys of all rows, in order
 */
export function useAnchoredRows(
  scroller: { readonly current: HTMLElement | null },
  keys: readonly string[],
  rowHeight: number,
): void {
  const before = useRef(keys);
  useLayoutEffect(() => {
    const element = scroller.current;
    const old = before.current;
    before.current = keys;
    if (element === null || element.scrollTop === 0 || old === keys) return;
    const top = Math.floor(element.scrollTop / rowHeight);
    const places = new Map(keys.map((key, place) => [key, place]));
    // The first row in sight that is still there.
    for (let at = top; at < Math.min(old.length, top + 50); at++) {
      const place = places.get(old[at] ?? '');
      if (place === undefined) continue;
      if (place !== at) element.scrollTop += (place - at) * rowHeight;
      return;
    }
  }, [scroller, keys, rowHeight]);
}
