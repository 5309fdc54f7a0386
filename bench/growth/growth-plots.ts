import { plotSvg } from '../report/svg-plot.ts';
import type { Column, Point, Series } from './series.ts';

/** A file of a plot. */
export interface PlotFile {
  readonly name: string;
  readonly svg: string;
}

/** A plot of the times and one of the memory, each of all columns of its unit. */
export function growthPlots(series: Series, points: readonly Point[]): PlotFile[] {
  return (['s', 'MB'] as const).map((unit) => {
    const columns = series.columns.filter((column) => column.unit === unit);
    const what = unit === 's' ? 'time' : 'memory';
    const svg = plotSvg({
      title: `${series.title}: ${what}`,
      xTitle: series.work,
      yTitle: unit === 's' ? 'seconds' : 'MB',
      lines: columns.map((column) => ({
        name: column.head.replaceAll('`', ''),
        points: line(column, points),
      })),
    });
    return { name: `growth-${series.id}-${what}.svg`, svg };
  });
}

/** What is nothing has no place on a logarithmic axis. */
function line({ key, unit }: Column, points: readonly Point[]): (readonly [number, number])[] {
  return points.flatMap(({ x, values }) => {
    const value = (values[key] ?? 0) / (unit === 's' ? 1 : 1e6);
    return x > 0 && value > 0 ? [[x, value] as const] : [];
  });
}
