import { useLayoutEffect, useState } from 'preact/hooks';

/** Counts down to a moment (of `performance.now`), a step a second. @returns milliseconds left; 0: it is over */
export function useCountdown(untilMs: number | null): number {
  const [leftMs, setLeft] = useState(0);
  useLayoutEffect(() => {
    if (untilMs === null) return undefined;
    const look = () => {
      const left = Math.max(0, untilMs - performance.now());
      setLeft(left);
      if (left === 0) clearInterval(timer);
    };
    const timer = setInterval(look, 1000);
    look();
    return () => clearInterval(timer);
  }, [untilMs]);
  return leftMs;
}
