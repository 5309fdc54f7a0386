import { join } from 'node:path';

import { readFigures, replaceFile, replaceSection } from '../report/doc-section.ts';
import { performanceDoc } from '../report/performance-doc.ts';
import type { PerformanceDoc } from '../report/performance-doc.ts';
import type { Result } from '../report/result.ts';
import { ResultsFile } from '../report/results-file.ts';
import { describeSession } from '../report/session.ts';
import { resultFiles } from '../rows/measure-rows.ts';
import type { Bench } from '../rows/row.ts';
import { bytes } from './bytes.ts';
import { chunks } from './chunks.ts';
import { destinations } from './destinations.ts';
import { files } from './files.ts';
import { growthPlots } from './growth-plots.ts';
import { growthSection } from './growth-section.ts';
import type { StoredSeries } from './growth-section.ts';
import type { Point, Series } from './series.ts';
import { snapshots } from './snapshots.ts';
import { trendOf } from './trend.ts';

const ALL: readonly Series[] = [files, bytes, destinations, snapshots, chunks];

/** The names by which they are asked for. */
export const GROWTH_SERIES: readonly string[] = ALL.map(({ id }) => id);

/**
 * `npm run bench -- growth [SERIES …]`: measures them and writes their sections of the document, each as soon as it is complete.
 *
 * @returns how many figures grew faster than their work
 */
export async function measureGrowth(bench: Bench, asked: readonly string[]): Promise<number> {
  const session = await describeSession(bench.options);
  const doc = performanceDoc(bench.options.isQuick);
  const results = new ResultsFile(resultFiles(bench.options.isQuick));
  const keepResult = (result: Result): void => results.add(result, session);
  let faults = 0;
  for (const series of ALL.filter(({ id }) => asked.includes(id))) {
    bench.log(`growth: ${series.id}`);
    const points: Point[] = [];
    for await (const point of series.run({ ...bench, keepResult })) {
      points.push(point);
      bench.log(`  ${point.x} ${series.work}, on ${point.where}: ${describe(series, point)}`);
    }
    faults += reportFaults(bench, series, points);
    keep(doc, series, { points, session });
  }
  return faults;
}

function keep(doc: PerformanceDoc, series: Series, stored: StoredSeries): void {
  const file = join(doc.figures, 'growth.json');
  const all = readFigures<Record<string, StoredSeries>>(file, {});
  replaceFile(file, `${JSON.stringify({ ...all, [series.id]: stored }, null, 1)}\n`);
  const plots = growthPlots(series, stored.points).map(({ name, svg }) => {
    replaceFile(join(doc.plots, name), svg);
    return `plots/${name}`;
  });
  replaceSection(doc.page, `growth-${series.id}`, growthSection(series, stored, plots));
}

function describe(series: Series, { values }: Point): string {
  const figures = series.columns.map(({ key, head, unit }) => {
    const value = values[key] ?? 0;
    return unit === 's'
      ? `${head} ${value.toFixed(2)} s`
      : `${head} ${(value / 1e6).toFixed(0)} MB`;
  });
  return figures.join(', ');
}

function reportFaults(bench: Bench, series: Series, points: readonly Point[]): number {
  const faults = series.columns.filter((column) => trendOf(column, points)?.isFault === true);
  for (const column of faults) {
    const power = trendOf(column, points)?.power.toFixed(2);
    bench.log(`  FAULT: ${column.head} grows with the power ${power} of ${series.work}`);
  }
  return faults.length;
}
