import { useEffect, useRef, useState } from 'preact/hooks';

const EVERY_MS = 10_000;

/** Tells screen readers how far it is: politely, at most every ten seconds. */
export function Announcer({ text }: { text: string }) {
  const latest = useRef(text);
  latest.current = text;
  const [said, setSaid] = useState('');
  useEffect(() => {
    const timer = setInterval(() => setSaid(latest.current), EVERY_MS);
    return () => clearInterval(timer);
  }, []);
  return (
    <p role="status" aria-live="polite" class="sr-only">
      {said}
    </p>
  );
}
