/** The texts of the pages in both languages, taken from the dictionaries themselves. */

import { globSync } from 'node:fs';
import { join } from 'node:path';

const WEB = new URL('../../web/src/', import.meta.url).pathname;

type Dictionary = Readonly<Record<string, unknown>>;
/** A dictionary in the language that is chosen now. */
type Text = { readonly value: Dictionary };

export type Texts = {
  /** By file, dictionary and key: `shared/i18n/words.ts words.cancel`. A text with figures is the source of its function. */
  readonly en: ReadonlyMap<string, string>;
  readonly es: ReadonlyMap<string, string>;
};

/** They were written for a browser; of it they need the language and the root element. */
export async function loadTexts(): Promise<Texts> {
  const browser = globalThis as { document?: unknown };
  browser.document ??= { documentElement: { dataset: {} } };
  const { languageChoice } = (await import(join(WEB, 'shared', 'i18n', 'language.ts'))) as {
    languageChoice: { value: string };
  };
  const texts: Text[] = [];
  const names: string[] = [];
  for (const file of globSync('**/i18n/*.ts', { cwd: WEB }).toSorted()) {
    if (file.endsWith('language.ts')) continue;
    const module = (await import(join(WEB, file))) as Readonly<Record<string, unknown>>;
    for (const [name, exported] of Object.entries(module)) {
      if (!isText(exported)) continue;
      texts.push(exported);
      names.push(`${file} ${name}`);
    }
  }
  const inLanguage = (language: string): Map<string, string> => {
    languageChoice.value = language;
    const flat = new Map<string, string>();
    for (const [index, text] of texts.entries()) flatten(text.value, names[index] ?? '', flat);
    return flat;
  };
  return { en: inLanguage('en'), es: inLanguage('es') };
}

function isText(exported: unknown): exported is Text {
  return typeof exported === 'object' && exported !== null && 'value' in exported;
}

function flatten(value: unknown, name: string, into: Map<string, string>): void {
  if (typeof value === 'string' || typeof value === 'function') into.set(name, String(value));
  else if (typeof value === 'object' && value !== null)
    for (const [key, below] of Object.entries(value)) flatten(below, `${name}.${key}`, into);
}

/** The words between the figures of a text that is a function. */
const LITERAL = /'((?:[^'\\]|\\.)*)'|`((?:[^`\\]|\\.)*)`/g;
/** One word alone may be of either language. */
const WORDS = /\p{L}{2,} \p{L}{2,}/u;
const FIGURE = /\$\{(?:[^{}]|\{[^{}]*\})*\}/;

/** Whole texts, and long parts of texts, that are English and not Spanish too. */
export function englishOnly({ en, es }: Texts): { whole: Set<string>; parts: Set<string> } {
  const whole = new Set<string>();
  const parts = new Set<string>();
  for (const text of en.values()) {
    if (!isSource(text)) whole.add(text);
    else for (const part of partsOf(text)) parts.add(part);
  }
  for (const text of es.values()) {
    whole.delete(text);
    for (const part of isSource(text) ? partsOf(text) : [text]) parts.delete(part);
  }
  return { whole, parts };
}

function isSource(text: string): boolean {
  return text.includes('=>');
}

function partsOf(source: string): string[] {
  const literals = [...source.matchAll(LITERAL)].map((found) => found[1] ?? found[2] ?? '');
  return literals
    .flatMap((literal) => literal.split(FIGURE))
    .map((part) => part.trim())
    .filter((part) => !part.includes('${') && WORDS.test(part));
}
