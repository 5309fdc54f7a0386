/** The sign: one place, two copies. */
export function Mark({ size = 26 }: { size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 32 32" aria-hidden="true" class="shrink-0">
      <rect width="32" height="32" rx="8" class="fill-primary" />
      <g
        fill="none"
        class="stroke-primary-content"
        stroke-width="2.4"
        stroke-linecap="round"
        stroke-linejoin="round"
      >
        <circle cx="9.5" cy="16" r="2.6" />
        <path d="M12.4 14.8 20 10.6M12.4 17.2l7.6 4.2" />
        <circle cx="22.6" cy="9.4" r="2.6" />
        <circle cx="22.6" cy="22.6" r="2.6" />
      </g>
    </svg>
  );
}

export function Brand() {
  return (
    <a
      href="/"
      class="flex w-fit shrink-0 items-center whitespace-nowrap gap-2.5 rounded-md font-semibold tracking-tight"
    >
      <Mark />
      <span class="text-lg">rbbackup</span>
    </a>
  );
}
