/** The language of the page: the browser's, unless somebody chose another one in the menu. */

import { computed, effect, signal } from '@preact/signals';
import type { ReadonlySignal } from '@preact/signals';

import { keep, kept } from '../kept.ts';

export type Language = 'en' | 'es';
export type LanguageChoice = Language | 'auto';

const KEY = 'rbbackup.language';

function browserLanguage(): Language {
  for (const tag of navigator.languages) {
    if (tag.startsWith('es')) return 'es';
    if (tag.startsWith('en')) return 'en';
  }
  return 'en';
}

export const languageChoice = signal<LanguageChoice>(kept(KEY, ['auto', 'en', 'es'], 'auto'));

export const language: ReadonlySignal<Language> = computed(() =>
  languageChoice.value === 'auto' ? browserLanguage() : languageChoice.value,
);

/** Chromium tells `en-US@posix` on a machine without a language, which Intl throws at. */
function isKnownTag(tag: string): boolean {
  try {
    return Intl.NumberFormat.supportedLocalesOf(tag).length > 0;
  } catch {
    return false;
  }
}

/** For Intl: the language, with the browser's region where that is of the same language. */
export const locale: ReadonlySignal<string> = computed(
  () =>
    navigator.languages.find((tag) => tag.startsWith(language.value) && isKnownTag(tag)) ??
    language.value,
);

/**
 * A dictionary in both languages, typed by the English one. Components read `.value` while rendering and are drawn again
 * when the language changes. Texts with figures or plurals are functions.
 */
export function defineText<T>(en: T, es: T): ReadonlySignal<T> {
  return computed(() => (language.value === 'es' ? es : en));
}

/** Chooses a plural form by the language's rules. */
export function plural(count: number, one: string, other: string): string {
  return new Intl.PluralRules(language.value).select(count) === 'one' ? one : other;
}

effect(() => {
  document.documentElement.lang = language.value;
});
effect(() => keep(KEY, languageChoice.value));
