import { Search } from 'lucide';
import { useLocation } from 'preact-iso';
import { useEffect, useRef, useState } from 'preact/hooks';

import type { SetKey } from '../../../../src/console/api/common.ts';
import { Button } from '../../shared/components/button.tsx';
import { Icon } from '../../shared/components/icon.tsx';
import { snapshotsText } from './i18n/text.ts';
import { findPlace } from './places.ts';

/** Leads to what is found. `/` puts the cursor into it. */
export function SearchBox(props: {
  text: string;
  /** Only in this set. */
  scope: SetKey | null;
  autoFocus?: boolean;
  /** The search of the page, which it begins. */
  isMain?: boolean;
  onSubmit?: () => void;
}) {
  const text = snapshotsText.value;
  const { route } = useLocation();
  const input = useRef<HTMLInputElement>(null);
  const [typed, setTyped] = useState(props.text);
  useEffect(() => setTyped(props.text), [props.text]);
  useEffect(() => {
    const onKey = (event: KeyboardEvent) => {
      if (event.key !== '/' || event.ctrlKey || event.metaKey || event.altKey) return;
      if (isTyping(event.target) || document.querySelector('dialog[open]') !== null) return;
      event.preventDefault();
      input.current?.focus();
      input.current?.select();
    };
    document.addEventListener('keydown', onKey);
    return () => document.removeEventListener('keydown', onKey);
  }, []);
  return (
    <form
      role="search"
      class="flex min-w-0 items-center gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (typed.trim() === '') {
          input.current?.focus();
          return;
        }
        props.onSubmit?.();
        route(findPlace(typed.trim(), props.scope), props.isMain === true);
      }}
    >
      <div class="relative min-w-0 flex-1">
        <Icon
          of={Search}
          class="pointer-events-none absolute start-3 top-1/2 z-10 -translate-y-1/2 text-muted"
        />
        <input
          ref={input}
          type="search"
          class="input ps-10 pe-10"
          value={typed}
          maxLength={1024}
          placeholder={text.findHint}
          aria-label={text.findLabel}
          aria-keyshortcuts="/"
          autoComplete="off"
          autoCapitalize="off"
          spellcheck={false}
          autoFocus={props.autoFocus}
          onInput={(event) => setTyped(event.currentTarget.value)}
        />
        {typed === '' && (
          <kbd
            title={text.findKey}
            class="pointer-events-none absolute end-3 top-1/2 hidden -translate-y-1/2 rounded border border-line px-1.5 font-mono text-2xs text-muted side:block"
          >
            /
          </kbd>
        )}
      </div>
      <Button type="submit" look={props.isMain === true ? 'primary' : 'plain'}>
        {text.find}
      </Button>
    </form>
  );
}

function isTyping(target: EventTarget | null): boolean {
  return (
    target instanceof HTMLElement &&
    (target.isContentEditable || /^(INPUT|TEXTAREA|SELECT)$/.test(target.tagName))
  );
}
