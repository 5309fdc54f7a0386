import { showName } from '../../shared/show-name.tsx';
import { copiesText } from '../i18n/text.ts';
import { CopyCell, Presence } from './copy-cell.tsx';
import type { Column, CopyRow } from './copy-table.ts';
import { SetHead } from './set-head.tsx';

type Props = { readonly rows: readonly CopyRow[]; readonly columns: readonly Column[] };

const STICKY =
  'sticky start-0 z-10 w-68 max-w-68 min-w-68 xl:w-84 xl:max-w-84 xl:min-w-84 bg-base-100';

/** Backups by destinations; the backups stay in sight while many destinations are scrolled through. */
export function MatrixTable({ rows, columns }: Props) {
  const text = copiesText.value;
  return (
    <div
      class="card relative overflow-x-auto overscroll-x-contain"
      role="region"
      aria-label={text.caption}
      tabIndex={0}
    >
      <table class="w-max min-w-full border-separate border-spacing-0 text-sm">
        <caption class="sr-only">{text.caption}</caption>
        <thead>
          <tr>
            <th
              scope="col"
              class={`${STICKY} z-20 border-e border-b border-line px-5 py-3 text-start align-bottom text-xs font-normal text-muted`}
            >
              {text.backup}
            </th>
            {columns.map(({ place, destination }) => (
              <th
                key={place}
                scope="col"
                class="max-w-52 border-b border-line px-4 py-3 text-start align-bottom"
              >
                <span class="block max-w-44 truncate font-semibold">
                  {showName(destination.name)}
                </span>
                <Presence of={destination} />
              </th>
            ))}
            {/* Takes what is left, so that columns are as wide as they must be. */}
            <td class="w-full border-b border-line p-0" aria-hidden="true" />
          </tr>
        </thead>
        <tbody>
          {rows.map(({ set, held }, index) => {
            const line = index === rows.length - 1 ? '' : 'border-b';
            return (
              <tr key={`${set.key.user}\n${set.key.host}\n${set.key.set}`}>
                <th
                  scope="row"
                  class={`${STICKY} ${line} border-e border-line px-5 py-4 align-top`}
                >
                  <SetHead set={set} />
                </th>
                {columns.map(({ place }) => (
                  <td key={place} class={`${line} border-line px-4 py-4 align-top`}>
                    <CopyCell held={held.get(place)} />
                  </td>
                ))}
                <td class={`${line} border-line p-0`} aria-hidden="true" />
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
