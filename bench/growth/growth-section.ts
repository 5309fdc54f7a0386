import { roundUp, table } from '../report/format.ts';
import type { Session } from '../report/session.ts';
import type { Column, Point, Series } from './series.ts';
import { trendOf } from './trend.ts';

/** The points of a series as they are kept, with the command they come from. */
export interface StoredSeries {
  readonly points: readonly Point[];
  readonly session: Session;
}

/** A series' section of the document: what is done, its figures, its plots. */
export function growthSection(
  series: Series,
  stored: StoredSeries,
  plots: readonly string[],
): string[] {
  const { points, session } = stored;
  const tables = (['s', 'MB'] as const).flatMap((unit) => {
    const columns = series.columns.filter((column) => column.unit === unit);
    const caption = unit === 's' ? 'Seconds:' : 'Peak memory in MB:';
    return [caption, '', ...figures(series, columns, points), ''];
  });
  return [
    series.how,
    '',
    ...tables,
    ...plots.map((plot) => `![${series.title}](${plot})`),
    '',
    `Taken ${session.startedAt} at ${session.commit}, load ${session.load.toFixed(2)}: ${session.machine}.`,
  ];
}

function figures(series: Series, columns: readonly Column[], points: readonly Point[]): string[] {
  const rows = points.map(({ x, where, values }) => [
    formatWork(x),
    where,
    ...columns.map(({ key, unit }) => formatValue(values[key], unit)),
  ]);
  const trends = columns.map((column) => {
    const trend = trendOf(column, points);
    if (trend === undefined) return '';
    const power = trend.power.toFixed(2);
    return trend.isFault ? `**${power}: faster than ${column.power}**` : power;
  });
  return table(
    [series.work, 'on', ...columns.map(({ head }) => head)],
    [...rows, ['power, last step', '', ...trends]],
  );
}

function formatWork(x: number): string {
  return x.toLocaleString('en', { maximumFractionDigits: 1 });
}

function formatValue(value: number | undefined, unit: Column['unit']): string {
  if (value === undefined) return '';
  return unit === 's' ? roundUp(value, 2) : roundUp(value / 1e6, 1);
}
