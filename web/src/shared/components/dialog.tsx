import { X } from 'lucide';
import type { ComponentChildren } from 'preact';
import { useId, useLayoutEffect, useRef } from 'preact/hooks';

import { sharedText } from '../i18n/text.ts';
import { Button } from './button.tsx';

type Props = {
  title: ComponentChildren;
  /** By Esc, the cross, or a press beside it. */
  onClose: () => void;
  wide?: boolean;
  /** A press beside it does not close it: what it shows is not shown again. */
  stays?: boolean;
  /** Buttons; the one that acts last. */
  footer?: ComponentChildren;
  children: ComponentChildren;
};

/** A modal window: render it while it is open. The focus stays inside, and goes back to where it was. */
export function Dialog({ title, onClose, wide = false, stays, footer, children }: Props) {
  const ref = useRef<HTMLDialogElement>(null);
  const id = useId();
  useLayoutEffect(() => {
    const dialog = ref.current;
    const before = document.activeElement;
    dialog?.showModal();
    return () => {
      dialog?.close();
      if (before instanceof HTMLElement && before.isConnected) before.focus();
    };
  }, []);
  return (
    <dialog
      ref={ref}
      class={`sheet ${wide ? 'sheet-wide' : ''}`}
      aria-labelledby={id}
      onCancel={(event) => {
        event.preventDefault();
        onClose();
      }}
      onPointerDown={(event) => {
        if (event.target === event.currentTarget && stays !== true) onClose();
      }}
    >
      <header class="flex items-center justify-between gap-4 border-b border-line py-3 ps-5 pe-3">
        <h2 id={id}>{title}</h2>
        <Button look="quiet" icon={X} label={sharedText.value.close} onClick={onClose} />
      </header>
      <div class="min-h-0 flex-1 overflow-y-auto p-5">{children}</div>
      {footer !== undefined && (
        <footer class="flex flex-wrap justify-end gap-2 max-sm:*:flex-1 border-t border-line px-5 py-3">
          {footer}
        </footer>
      )}
    </dialog>
  );
}

/** Asks before something that can't be taken back. */
export function ConfirmDialog(props: {
  title: string;
  text: ComponentChildren;
  action: string;
  /** How the other button is called; else "Cancel". */
  stay?: string;
  busy?: boolean;
  onConfirm: () => void;
  onClose: () => void;
}) {
  return (
    <Dialog
      title={props.title}
      onClose={props.onClose}
      footer={
        <>
          <Button onClick={props.onClose} autoFocus>
            {props.stay ?? sharedText.value.cancel}
          </Button>
          <Button look="danger" busy={props.busy ?? false} onClick={props.onConfirm}>
            {props.action}
          </Button>
        </>
      }
    >
      <p>{props.text}</p>
    </Dialog>
  );
}
