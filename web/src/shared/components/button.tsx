import type { IconNode } from 'lucide';
import { LoaderCircle } from 'lucide';
import type { ComponentChildren } from 'preact';

import { Icon } from './icon.tsx';

const LOOKS = {
  primary: 'btn-primary',
  plain: 'btn-plain',
  quiet: 'btn-quiet',
  danger: 'btn-danger',
} as const;

type Props = {
  /** One `primary` a view. */
  look?: keyof typeof LOOKS;
  icon?: IconNode;
  size?: 'normal' | 'small' | 'large';
  type?: 'button' | 'submit';
  /** Something is under way because of it: it turns, and can't be pressed again. */
  busy?: boolean;
  disabled?: boolean;
  onClick?: (event: MouseEvent) => void;
  /** Makes it a link to a page of ours, or a download. */
  href?: string;
  download?: boolean;
  /** For a button that is only an icon. */
  label?: string;
  pressed?: boolean;
  /** It opens a menu, and this is whether it is open. */
  menuOpen?: boolean;
  autoFocus?: boolean;
  form?: string;
  class?: string;
  children?: ComponentChildren;
};

export function Button(props: Props) {
  const { look = 'plain', size = 'normal', busy = false, icon, label, children } = props;
  const isBare = children === undefined;
  const sizing =
    size === 'small' ? 'max-side:min-h-10 side:btn-sm' : size === 'large' ? 'btn-lg text-base' : '';
  const looks = `btn ${LOOKS[look]} ${sizing} ${isBare ? 'btn-square' : ''} ${props.class ?? ''}`;
  const inside = (
    <>
      {busy ? (
        <Icon of={LoaderCircle} class="spin" />
      ) : (
        icon && <Icon of={icon} size={size === 'small' ? 16 : 18} />
      )}
      {children}
    </>
  );
  if (props.href !== undefined) {
    return (
      <a class={looks} href={props.href} aria-label={label} download={props.download}>
        {inside}
      </a>
    );
  }
  return (
    <button
      class={looks}
      type={props.type ?? 'button'}
      onClick={(event) => !busy && props.onClick?.(event)}
      disabled={props.disabled}
      aria-disabled={busy || undefined}
      aria-label={label}
      title={isBare ? label : undefined}
      aria-pressed={props.pressed}
      aria-haspopup={props.menuOpen === undefined ? undefined : 'menu'}
      aria-expanded={props.menuOpen}
      autoFocus={props.autoFocus}
      form={props.form}
    >
      {inside}
    </button>
  );
}
