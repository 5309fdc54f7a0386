import { ChevronLeft, ChevronRight } from 'lucide';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import { nowMs } from '../../shared/clock.ts';
import { Button } from '../../shared/components/button.tsx';
import { formatBytes } from '../../shared/format.ts';
import {
  addDays,
  addMonths,
  dayOf,
  formatDay,
  formatMonth,
  monthOf,
  weekdayNames,
  weeksOf,
} from './days.ts';
import { snapshotsText } from './i18n/text.ts';

/** Of one day: how many snapshots, and how large the newest is. */
export type DaySum = { readonly count: number; readonly bytes: number };

type Props = {
  sums: ReadonlyMap<string, DaySum>;
  month: string;
  chosen: string | null;
  onMonth: (month: string) => void;
  onDay: (day: string) => void;
};

const STEPS: Readonly<Record<string, (day: string, column: number) => string>> = {
  ArrowLeft: (day) => addDays(day, -1),
  ArrowRight: (day) => addDays(day, 1),
  ArrowUp: (day) => addDays(day, -7),
  ArrowDown: (day) => addDays(day, 7),
  Home: (day, column) => addDays(day, -column),
  End: (day, column) => addDays(day, 6 - column),
  PageUp: (day) => addMonths(day, -1),
  PageDown: (day) => addMonths(day, 1),
};

/** A month with a dot for each snapshot. Arrows move by days, page keys by months, Enter chooses a day. */
export function Calendar({ sums, month, chosen, onMonth, onDay }: Props) {
  const text = snapshotsText.value;
  const [at, setAt] = useState(chosen ?? firstOf(month, sums));
  const grid = useRef<HTMLDivElement>(null);
  const isMoving = useRef(false);
  const here = monthOf(at) === month ? at : firstOf(month, sums);
  const total = [...sums].reduce(
    (sum, [day, { count }]) => sum + (monthOf(day) === month ? count : 0),
    0,
  );

  useLayoutEffect(() => {
    if (!isMoving.current) return;
    isMoving.current = false;
    grid.current?.querySelector<HTMLElement>(`[data-day="${here}"]`)?.focus();
  });
  const onKeyDown = (event: KeyboardEvent) => {
    const step = STEPS[event.key];
    if (step === undefined || event.ctrlKey || event.altKey || event.metaKey) return;
    event.preventDefault();
    const week = weeksOf(month).find((days) => days.includes(here)) ?? [];
    const to = step(here, week.indexOf(here));
    isMoving.current = true;
    setAt(to);
    if (monthOf(to) !== month) onMonth(monthOf(to));
  };
  const turn = (months: number) => onMonth(monthOf(addMonths(`${month}-01`, months)));

  return (
    <div class="flex flex-col gap-2">
      <div class="flex items-center justify-between gap-2">
        <h2 aria-live="polite" class="ps-1">
          {formatMonth(month)}
        </h2>
        <span class="-me-2 flex">
          <Button
            look="quiet"
            size="small"
            icon={ChevronLeft}
            label={text.previousMonth}
            onClick={() => turn(-1)}
          />
          <Button
            look="quiet"
            size="small"
            icon={ChevronRight}
            label={text.nextMonth}
            onClick={() => turn(1)}
          />
        </span>
      </div>
      <div
        ref={grid}
        role="grid"
        aria-label={`${text.calendar}: ${formatMonth(month)}`}
        class="flex flex-col gap-0.5"
        onKeyDown={onKeyDown}
      >
        <div role="row" class="grid grid-cols-7">
          {weekdayNames(month).map(({ short, long }) => (
            <span
              key={long}
              role="columnheader"
              aria-label={long}
              class="pb-1 text-center text-2xs font-medium text-muted"
            >
              {short}
            </span>
          ))}
        </div>
        {weeksOf(month).map((days) => (
          <div key={days[0]} role="row" class="grid h-10 grid-cols-7 gap-0.5">
            {days.map((day) => (
              <div key={day} role="gridcell" aria-selected={day === chosen}>
                {monthOf(day) === month && (
                  <Day
                    day={day}
                    sum={sums.get(day) ?? null}
                    isChosen={day === chosen}
                    isHere={day === here}
                    onChoose={() => {
                      setAt(day);
                      if (sums.has(day) || day === chosen) onDay(day);
                    }}
                  />
                )}
              </div>
            ))}
          </div>
        ))}
      </div>
      <p class="ps-1 text-xs text-muted">{text.monthSum(total)}</p>
    </div>
  );
}

function Day(props: {
  day: string;
  sum: DaySum | null;
  isChosen: boolean;
  isHere: boolean;
  onChoose: () => void;
}) {
  const text = snapshotsText.value;
  const { day, sum, isChosen } = props;
  const isToday = day === dayOf(nowMs.value);
  const label =
    sum === null
      ? text.dayNone(formatDay(day))
      : text.daySome(formatDay(day), sum.count, formatBytes(sum.bytes));
  const look = isChosen
    ? 'bg-primary text-primary-content font-semibold'
    : sum === null
      ? 'text-muted cursor-default'
      : 'font-semibold hover:bg-hover';
  return (
    <button
      type="button"
      data-day={day}
      tabIndex={props.isHere ? 0 : -1}
      aria-label={label}
      aria-disabled={sum === null || undefined}
      aria-current={isToday ? 'date' : undefined}
      title={sum === null ? undefined : label}
      onClick={props.onChoose}
      class={`mx-auto flex h-10 w-full max-w-12 flex-col items-center justify-center gap-0.5 rounded-lg text-sm leading-5 focus-visible:outline-offset-[-1px] ${look} ${isToday && !isChosen ? 'ring-1 ring-line ring-inset' : ''}`}
    >
      {Number(day.slice(8))}
      <Dots count={sum?.count ?? 0} isChosen={isChosen} />
    </button>
  );
}

/** One for each snapshot up to two; more of them are one that is long. */
function Dots({ count, isChosen }: { count: number; isChosen: boolean }) {
  const colour = isChosen ? 'bg-primary-content' : 'bg-primary';
  return (
    <span class="flex h-1.5 items-center gap-0.5" aria-hidden="true">
      {count > 2 ? (
        <span class={`h-1.5 w-5 rounded-full ${colour}`} />
      ) : (
        Array.from({ length: count }, (_, index) => (
          <span key={index} class={`size-1.5 rounded-full ${colour}`} />
        ))
      )}
    </span>
  );
}

/** Where the cursor begins: the newest day that has something. */
function firstOf(month: string, sums: ReadonlyMap<string, DaySum>): string {
  for (const day of sums.keys()) if (monthOf(day) === month) return day;
  return `${month}-01`;
}
