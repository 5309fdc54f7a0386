import { Check, Copy } from 'lucide';
import { useEffect, useState } from 'preact/hooks';

import { sharedText } from '../i18n/text.ts';
import { Button } from './button.tsx';
import { showToast } from './toast.tsx';

const SHOWN_MS = 2000;

/** Copies a text to the clipboard, and says so. */
export function CopyButton(props: { text: string; label?: string; bare?: boolean }) {
  const [isCopied, setCopied] = useState(false);
  const words = sharedText.value;
  useEffect(() => {
    if (!isCopied) return undefined;
    const timer = setTimeout(() => setCopied(false), SHOWN_MS);
    return () => clearTimeout(timer);
  }, [isCopied]);
  const copy = async () => {
    try {
      await navigator.clipboard.writeText(props.text);
      setCopied(true);
    } catch {
      showToast(words.copyFailed, 'bad');
    }
  };
  const label = isCopied ? words.copied : (props.label ?? words.copy);
  const icon = isCopied ? Check : Copy;
  if (props.bare === true) {
    return <Button look="quiet" icon={icon} label={label} onClick={() => void copy()} />;
  }
  return (
    <Button icon={icon} onClick={() => void copy()}>
      <span aria-live="polite">{label}</span>
    </Button>
  );
}
