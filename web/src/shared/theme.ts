/** Light, dark, or as the system is. The colours are in styles/themes.css. */

import { computed, effect, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import { keep, kept } from './kept.ts';

export type ThemeChoice = 'system' | 'light' | 'dark';

const KEY = 'rbbackup.theme';
const darkSystem = matchMedia('(prefers-color-scheme: dark)');
const systemIsDark = signal(darkSystem.matches);
darkSystem.addEventListener('change', () => {
  systemIsDark.value = darkSystem.matches;
});

export const themeChoice = signal<ThemeChoice>(kept(KEY, ['system', 'light', 'dark'], 'system'));

/** What is shown; canvases are drawn again when it changes. */
export const isDark: ReadonlySignal<boolean> = computed(() =>
  themeChoice.value === 'system' ? systemIsDark.value : themeChoice.value === 'dark',
);

effect(() => {
  const choice = themeChoice.value;
  if (choice === 'system') delete document.documentElement.dataset['theme'];
  else document.documentElement.dataset['theme'] = choice;
  keep(KEY, choice);
});
