import { signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

function atLeast(widthPx: number): ReadonlySignal<boolean> {
  const query = matchMedia(`(min-width: ${widthPx}px)`);
  const fits = signal(query.matches);
  query.addEventListener('change', () => {
    fits.value = query.matches;
  });
  return fits;
}

/** A table that scrolls sideways is easier to read than cards. */
export const isWide: ReadonlySignal<boolean> = atLeast(768);

/** Five columns of names fit beside the sidebar. */
export const isRoomy: ReadonlySignal<boolean> = atLeast(1120);
