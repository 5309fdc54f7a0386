/** `78,600`. */
export function formatCount(value: number): string {
  return String(Math.round(value)).replaceAll(/\B(?=(?:\d{3})+$)/g, ',');
}

/** `1 file`, `2 files`. */
export function counted(value: number, singular: string, plural: string = `${singular}s`): string {
  return `${formatCount(value)} ${value === 1 ? singular : plural}`;
}

/** `2026-11-21 14:05:09` in the machine's time zone. */
export function formatTime(timeMs: number): string {
  const date = new Date(timeMs);
  const two = (value: number): string => String(value).padStart(2, '0');
  const day = `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
  return `${day} ${two(date.getHours())}:${two(date.getMinutes())}:${two(date.getSeconds())}`;
}

/** `14:05:09` of a moment of today, else its day. */
export function formatSince(timeMs: number, nowMs: number): string {
  const [day = '', time = ''] = formatTime(timeMs).split(' ');
  return formatTime(nowMs).startsWith(day) ? time : day;
}

/** `2026-11-21 14:05`: for lists, where seconds tell nothing. */
export function formatMinute(timeMs: number): string {
  return formatTime(timeMs).slice(0, 16);
}
