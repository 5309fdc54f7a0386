import type { IconNode } from 'lucide';

export type NavItem = {
  readonly href: string;
  readonly label: string;
  readonly icon: IconNode;
  /** A small figure beside it: warnings, things at work. 0: none. */
  readonly badge?: number;
};

/** The figure beside it. */
export function Badge({ count }: { count: number | undefined }) {
  if (count === undefined || count === 0) return null;
  return (
    <span class="grid h-5 min-w-5 place-items-center rounded-full bg-base-300 px-1.5 text-2xs font-semibold text-base-content">
      {count}
    </span>
  );
}
