import { Search } from 'lucide';

import { Icon } from '../shared/components/icon.tsx';

/** Narrows a list down while one types. */
export function SearchInput(props: {
  label: string;
  value: string;
  onInput: (value: string) => void;
}) {
  return (
    <div class="relative min-w-0 flex-1 basis-56 sm:max-w-md">
      <span class="pointer-events-none absolute inset-y-0 start-3 z-10 grid place-items-center text-muted">
        <Icon of={Search} size={16} />
      </span>
      <input
        type="search"
        class="input ps-9"
        aria-label={props.label}
        placeholder={props.label}
        spellcheck={false}
        autoComplete="off"
        maxLength={255}
        value={props.value}
        onInput={(event) => props.onInput(event.currentTarget.value)}
      />
    </div>
  );
}
