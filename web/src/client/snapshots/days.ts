/** Days and months of the calendar, by this machine's clock. A day is `2026-11-21`, a month `2026-11`. */

import { locale } from '../../shared/i18n/language.ts';

const two = (figure: number): string => String(figure).padStart(2, '0');

export function dayOf(timeMs: number): string {
  const date = new Date(timeMs);
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

export function monthOf(day: string): string {
  return day.slice(0, 7);
}

/** Noon: a day's beginning may not exist where clocks are put forward. */
export function dateOf(day: string): Date {
  const [year = 1970, month = 1, date = 1] = day.split('-').map(Number);
  return new Date(year, month - 1, date, 12);
}

export function addDays(day: string, count: number): string {
  const date = dateOf(day);
  date.setDate(date.getDate() + count);
  return dayOf(date.getTime());
}

/** The same day of another month, or its last. */
export function addMonths(day: string, count: number): string {
  const date = dateOf(day);
  const target = new Date(date.getFullYear(), date.getMonth() + count + 1, 0, 12);
  target.setDate(Math.min(date.getDate(), target.getDate()));
  return dayOf(target.getTime());
}

export function isMonth(text: string | undefined): text is string {
  return text !== undefined && /^\d{4}-(0[1-9]|1[0-2])$/.test(text);
}

export function isDay(text: string | undefined): text is string {
  return (
    text !== undefined && /^\d{4}-\d\d-\d\d$/.test(text) && dayOf(dateOf(text).getTime()) === text
  );
}

type WeekInfo = { readonly firstDay: number };

/** 0 is Sunday. Monday where the browser does not say. */
function firstWeekday(): number {
  const tag = new Intl.Locale(locale.value) as Intl.Locale & {
    readonly weekInfo?: WeekInfo;
    getWeekInfo?(): WeekInfo;
  };
  return (tag.getWeekInfo?.().firstDay ?? tag.weekInfo?.firstDay ?? 1) % 7;
}

/** Whole weeks that hold a month. Always six of them, so that the page does not jump. */
export function weeksOf(month: string): string[][] {
  const first = `${month}-01`;
  const lead = (dateOf(first).getDay() - firstWeekday() + 7) % 7;
  const days = Array.from({ length: 42 }, (_, index) => addDays(first, index - lead));
  return Array.from({ length: 6 }, (_, week) => days.slice(week * 7, week * 7 + 7));
}

export function formatDay(day: string): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: 'full' }).format(dateOf(day));
}

export function formatMonth(month: string): string {
  const text = new Intl.DateTimeFormat(locale.value, { month: 'long', year: 'numeric' }).format(
    dateOf(`${month}-01`),
  );
  return text.charAt(0).toLocaleUpperCase(locale.value) + text.slice(1);
}

/** For the head of a column: short, and in full. */
export function weekdayNames(month: string): { readonly short: string; readonly long: string }[] {
  const name = (day: string, weekday: 'short' | 'long') =>
    new Intl.DateTimeFormat(locale.value, { weekday }).format(dateOf(day));
  return (weeksOf(month)[0] ?? []).map((day) => ({
    short: name(day, 'short').replace('.', '').slice(0, 2),
    long: name(day, 'long'),
  }));
}

/** Hour and minute. */
export function formatClock(timeMs: number): string {
  return new Intl.DateTimeFormat(locale.value, { timeStyle: 'short' }).format(timeMs);
}

/** The day alone, not in full. */
export function formatDate(timeMs: number): string {
  return new Intl.DateTimeFormat(locale.value, { dateStyle: 'medium' }).format(timeMs);
}
