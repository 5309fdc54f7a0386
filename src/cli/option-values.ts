import { InvalidArgumentError } from 'commander';

import { isRbError } from '../base/errors.ts';
import { parseDuration, parseRate } from '../base/format.ts';
import { parseAddress, formatAddress } from '../wire/address.ts';

/** Turns a parser that throws `usage` into one for an option: the message is shown behind the option's name. */
function asOption<T>(parse: (text: string) => T): (text: string) => T {
  return (text) => {
    try {
      return parse(text);
    } catch (error) {
      if (isRbError(error)) throw new InvalidArgumentError(error.message);
      throw error;
    }
  };
}

/** Milliseconds of `30s`, `5m`, `24h`. */
export const durationOption: (text: string) => number = asOption(parseDuration);
/** Bytes a second of `500k`, `2M`. */
export const rateOption: (text: string) => number = asOption(parseRate);
/** `HOST:PORT`, the port filled in if it is missing. */
export const addressOption: (text: string) => string = asOption((text) =>
  formatAddress(parseAddress(text)),
);

export function portOption(text: string): number {
  return wholeNumber(text, 1, 65_535, 'a port is a number from 1 to 65535.');
}

export function copiesOption(text: string): number {
  return wholeNumber(text, 1, 1024, 'it is a whole number from 1 to 1024.');
}

export function fileCountOption(text: string): number {
  return wholeNumber(text, 0, Number.MAX_SAFE_INTEGER, 'it is a whole number.');
}

export function daysOption(text: string): number {
  return wholeNumber(text, 0, 36_500, 'it is a whole number of days, at most 36500.');
}

/** `24`, `0.5`: ten years at most. */
export function hoursOption(text: string): number {
  const hours = Number(text);
  if (/^\d*\.?\d+$/.test(text) && hours <= 87_600) return hours;
  throw new InvalidArgumentError('it is a number of hours, for example 24 or 0.5.');
}

/** `0.5` */
export function shareOption(text: string): number {
  const share = Number(text);
  if (/^\d*\.?\d+$/.test(text) && share <= 1) return share;
  throw new InvalidArgumentError('it is a number from 0 to 1, for example 0.5.');
}

/** `HOST:PORT` to listen on, where port 0 means a free one. */
export function listenOption(text: string): { readonly host: string; readonly port: number } {
  const match = /^(?:\[([0-9a-f:.%]+)\]|([\w.-]+)):(\d{1,5})$/i.exec(text);
  const host = match?.[1] ?? match?.[2];
  const port = Number(match?.[3]);
  if (host !== undefined && port <= 65_535) return { host, port };
  throw new InvalidArgumentError(
    'write it as HOST:PORT, for example 0.0.0.0:7420; port 0 is any free one.',
  );
}

function wholeNumber(text: string, least: number, most: number, rule: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && value >= least && value <= most) return value;
  throw new InvalidArgumentError(rule);
}
