import type { IconNode } from 'lucide';
import { h } from 'preact';

/** A lucide icon as inline SVG. It is decoration: what it means stands beside it in words, or on its button. */
export function Icon({
  of,
  size = 18,
  class: extra = '',
}: {
  of: IconNode;
  size?: number;
  class?: string;
}) {
  return (
    <svg
      class={`shrink-0 ${extra}`}
      width={size}
      height={size}
      viewBox="0 0 24 24"
      fill="none"
      stroke="currentColor"
      stroke-width="1.9"
      stroke-linecap="round"
      stroke-linejoin="round"
      aria-hidden="true"
    >
      {of.map(([tag, attributes], index) => h(tag, { key: index, ...attributes }))}
    </svg>
  );
}
