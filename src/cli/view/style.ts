/** How lines for people look: colours only where they are wanted, plain characters where others can't be shown. */
export type Style = {
  readonly isUnicode: boolean;
  readonly bold: (text: string) => string;
  readonly dim: (text: string) => string;
  readonly good: (text: string) => string;
  readonly bad: (text: string) => string;
  readonly busy: (text: string) => string;
};

const same = (text: string): string => text;
const sgr =
  (on: number, off: number) =>
  (text: string): string =>
    `\u001b[${on}m${text}\u001b[${off}m`;

/** Without any escape sequence; what tests and logs see. */
export const PLAIN: Style = {
  isUnicode: true,
  bold: same,
  dim: same,
  good: same,
  bad: same,
  busy: same,
};

/** Colours unless NO_COLOR (https://no-color.org) is set or there is no terminal. */
export function styleFor(stream: { readonly isTTY?: boolean }, env: NodeJS.ProcessEnv): Style {
  const locale = env['LC_ALL'] || env['LC_CTYPE'] || env['LANG'] || 'UTF-8';
  const isUnicode = /utf-?8/i.test(locale);
  const isColoured = stream.isTTY === true && !env['NO_COLOR'] && env['TERM'] !== 'dumb';
  if (!isColoured) return { ...PLAIN, isUnicode };
  return {
    isUnicode,
    bold: sgr(1, 22),
    dim: sgr(2, 22),
    good: sgr(32, 39),
    bad: sgr(31, 39),
    busy: sgr(36, 39),
  };
}
