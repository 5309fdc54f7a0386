import { CircleAlert, CircleCheck, X } from 'lucide';
import { signal } from '@preact/signals';

import { sharedText } from '../i18n/text.ts';
import { Button } from './button.tsx';
import { Icon } from './icon.tsx';

type Toast = { readonly id: number; readonly tone: 'good' | 'bad'; readonly text: string };

const SHOWN_MS = 6000;
const MOST = 4;

const toasts = signal<readonly Toast[]>([]);
let lastId = 0;

function dismiss(id: number): void {
  toasts.value = toasts.value.filter((toast) => toast.id !== id);
}

/** Says in passing that something was done. What needs an answer is an `Alert` or a `Dialog`. */
export function showToast(text: string, tone: Toast['tone'] = 'good'): void {
  const id = ++lastId;
  toasts.value = [...toasts.value.slice(1 - MOST), { id, tone, text }];
  setTimeout(() => dismiss(id), SHOWN_MS);
}

/** Once a page, by the shell. */
export function ToastHost() {
  return (
    <div
      role="status"
      aria-live="polite"
      class="pointer-events-none fixed inset-x-0 bottom-16 z-50 flex flex-col items-center gap-2 p-4 side:bottom-0"
    >
      {toasts.value.map(({ id, tone, text }) => (
        <div key={id} class="floating pointer-events-auto flex items-center gap-2 ps-4 text-sm">
          <Icon
            of={tone === 'good' ? CircleCheck : CircleAlert}
            class={tone === 'good' ? 'text-success' : 'text-error'}
          />
          <span>{text}</span>
          <Button
            look="quiet"
            size="small"
            icon={X}
            label={sharedText.value.dismiss}
            onClick={() => dismiss(id)}
          />
        </div>
      ))}
    </div>
  );
}
