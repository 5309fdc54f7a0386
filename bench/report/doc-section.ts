import { existsSync, readFileSync, renameSync, writeFileSync } from 'node:fs';

/**
 * Replaces what stands between `<!-- NAME: … -->` and `<!-- end of NAME -->` in a document, both of which stay.
 *
 * @throws Error if the document has no such place
 */
export function replaceSection(path: string, name: string, lines: readonly string[]): void {
  const text = readFileSync(path, 'utf8');
  const place = new RegExp(`(<!-- ${name}:[^>]*-->\n)[^]*?(<!-- end of ${name} -->)`);
  if (!place.test(text)) throw new Error(`${path} has no place for ${name}.`);
  const next = text.replace(
    place,
    (_, begin: string, end: string) => `${begin}\n${lines.join('\n')}\n\n${end}`,
  );
  replaceFile(path, next);
}

/** A JSON file of the bench's own, or what it is before there is one. */
export function readFigures<T>(path: string, none: T): T {
  return existsSync(path) ? (JSON.parse(readFileSync(path, 'utf8')) as T) : none;
}

/** Writes a file whole or not at all. */
export function replaceFile(path: string, text: string): void {
  writeFileSync(`${path}.new`, text);
  renameSync(`${path}.new`, path);
}
