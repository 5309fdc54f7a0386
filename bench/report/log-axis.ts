/** The range of a logarithmic axis, and where it is labelled. */
export interface LogAxis {
  readonly least: number;
  readonly most: number;
  readonly ticks: readonly number[];
}

/** Steps within a decade, coarsest first. */
const STEPS: readonly (readonly number[])[] = [[1], [1, 3], [1, 2, 5]];
const FEWEST_TICKS = 4;

/** Chooses an axis that ends at ticks and holds all values, which are above 0. */
export function logTicks(values: readonly number[]): LogAxis {
  const [low, high] = values.length === 0 ? [1, 10] : [Math.min(...values), Math.max(...values)];
  let axis: LogAxis | undefined;
  for (const steps of STEPS) {
    axis = axisOf(low, high, steps);
    if (axis.ticks.length >= FEWEST_TICKS) break;
  }
  return axis as LogAxis;
}

function axisOf(low: number, high: number, steps: readonly number[]): LogAxis {
  const candidates: number[] = [];
  for (let power = Math.floor(Math.log10(low)) - 1; power <= Math.log10(high) + 1; power += 1) {
    for (const step of steps) candidates.push(Number((step * 10 ** power).toPrecision(3)));
  }
  const below = candidates.filter((tick) => tick <= low).at(-1) ?? low;
  const above = candidates.find((tick) => tick >= high && tick > below) ?? high;
  const ticks = candidates.filter((tick) => tick >= below && tick <= above);
  return { least: below, most: above, ticks };
}

/** `0.5`, `20`, `5k`, `1M`. */
export function tickLabel(value: number): string {
  for (const [size, suffix] of [
    [1e9, 'G'],
    [1e6, 'M'],
    [1e3, 'k'],
  ] as const) {
    if (value >= size) return `${Number((value / size).toPrecision(3))}${suffix}`;
  }
  return String(Number(value.toPrecision(3)));
}
