import type { IconNode } from 'lucide';
import { Ellipsis } from 'lucide';
import { useEffect, useRef, useState } from 'preact/hooks';

import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

export type MenuItem = {
  readonly label: string;
  readonly icon?: IconNode;
  readonly danger?: boolean;
  readonly onSelect: () => void;
};

/** A button that opens a short list of actions. Arrows move, Esc closes. */
export function Menu(props: { label: string; icon?: IconNode; items: readonly MenuItem[] }) {
  const [isOpen, setOpen] = useState(false);
  const root = useRef<HTMLDivElement>(null);
  const list = useRef<HTMLDivElement>(null);

  const close = () => {
    setOpen(false);
    root.current?.querySelector('button')?.focus();
  };
  useEffect(() => {
    if (!isOpen) return undefined;
    list.current?.querySelector('button')?.focus();
    const onPress = (event: PointerEvent) => {
      if (event.target instanceof Node && root.current?.contains(event.target) === false) {
        setOpen(false);
      }
    };
    document.addEventListener('pointerdown', onPress);
    return () => document.removeEventListener('pointerdown', onPress);
  }, [isOpen]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === 'Escape') {
      event.stopPropagation();
      return close();
    }
    if (event.key === 'Tab') return setOpen(false);
    const step = event.key === 'ArrowDown' ? 1 : event.key === 'ArrowUp' ? -1 : 0;
    if (step === 0 || !isOpen) return;
    event.preventDefault();
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = buttons.findIndex((button) => button === document.activeElement);
    buttons[(at + step + buttons.length) % buttons.length]?.focus();
  };

  return (
    <div ref={root} class="relative" onKeyDown={onKeyDown} role="presentation">
      <Button
        look="quiet"
        icon={props.icon ?? Ellipsis}
        label={props.label}
        menuOpen={isOpen}
        onClick={() => setOpen(!isOpen)}
      />
      {isOpen && (
        <div
          ref={list}
          role="menu"
          class="floating absolute end-0 top-full z-30 mt-1 w-max min-w-44"
        >
          {props.items.map(({ label, icon, danger, onSelect }) => (
            <button
              key={label}
              type="button"
              role="menuitem"
              class={`row-button text-sm ${danger === true ? 'text-error' : ''}`}
              onClick={() => {
                close();
                onSelect();
              }}
            >
              {icon && <Icon of={icon} size={16} />}
              {label}
            </button>
          ))}
        </div>
      )}
    </div>
  );
}
