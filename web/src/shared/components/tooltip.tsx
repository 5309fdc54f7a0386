import type { ComponentChildren } from 'preact';
import { useId, useState } from 'preact/hooks';

/** A few words about what is pointed at or has the focus; Esc puts them away. */
export function Tooltip(props: { text: string; focusable?: boolean; children: ComponentChildren }) {
  const id = useId();
  const [isDismissed, setDismissed] = useState(false);
  return (
    <span
      role="presentation"
      class="has-tip relative inline-flex"
      data-dismissed={isDismissed || undefined}
      onKeyDown={(event) => event.key === 'Escape' && setDismissed(true)}
      onMouseLeave={() => setDismissed(false)}
      onFocusOut={() => setDismissed(false)}
    >
      <span
        class="inline-flex rounded"
        aria-describedby={id}
        tabIndex={props.focusable === true ? 0 : undefined}
        role={props.focusable === true ? 'note' : undefined}
      >
        {props.children}
      </span>
      <span id={id} role="tooltip" class="tip">
        {props.text}
      </span>
    </span>
  );
}
