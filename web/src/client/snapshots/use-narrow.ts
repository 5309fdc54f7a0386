import { useEffect, useState } from 'preact/hooks';

/** As Tailwind's `sm` and `lg`. */
const WIDTHS = { sm: '(width < 40rem)', lg: '(width < 64rem)' } as const;

/** Whether rows have to stand in more lines: the window is narrower than that. */
export function useNarrow(than: keyof typeof WIDTHS): boolean {
  const [isNarrow, setNarrow] = useState(() => matchMedia(WIDTHS[than]).matches);
  useEffect(() => {
    const query = matchMedia(WIDTHS[than]);
    const onChange = () => setNarrow(query.matches);
    query.addEventListener('change', onChange);
    return () => query.removeEventListener('change', onChange);
  }, [than]);
  return isNarrow;
}
