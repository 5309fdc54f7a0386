import { useMemo, useReducer, useRef } from 'preact/hooks';

import type { ClientLine } from '../../../../src/console/api/hub-api.ts';
import { useVirtualizer } from '../../shared/components/virtual-list.tsx';
import { hubText, liveText } from '../i18n/text.ts';
import { isRoomy } from '../wide.ts';
import { useAnchoredRows } from './anchored-rows.ts';
import { ClientCard, ClientRow, GRID } from './client-row.tsx';
import { clientKey } from './client-words.tsx';

const ROW_PX = 64;
const CARD_PX = 144;
const HEAD_PX = 40;

/** All clients in a window of its own: a thousand cost no more than those in sight. */
export function ClientList({ clients }: { clients: readonly ClientLine[] }) {
  const wide = isRoomy.value;
  const rowPx = wide ? ROW_PX : CARD_PX;
  const scroller = useRef<HTMLDivElement>(null);
  const [, redraw] = useReducer((count: number) => count + 1, 0);
  const virtualizer = useVirtualizer(clients.length, rowPx, scroller, redraw);
  const keys = useMemo(() => clients.map(clientKey), [clients]);
  useAnchoredRows(scroller, keys, rowPx);
  const heightPx = virtualizer.getTotalSize() + (wide ? HEAD_PX : 0);
  return (
    <div
      ref={scroller}
      class="card max-h-[calc(100dvh-15rem)] min-h-40 overflow-y-auto overscroll-contain"
      role="region"
      aria-label={hubText.value.navClients}
      tabIndex={0}
    >
      <div
        role="table"
        aria-label={hubText.value.navClients}
        aria-rowcount={clients.length + 1}
        class="relative"
        style={{ height: `${heightPx}px` }}
      >
        <Head wide={wide} />
        <div role="rowgroup" class="relative">
          {virtualizer.getVirtualItems().map(({ index, start, size }) => {
            const client = clients[index];
            return (
              client !== undefined && (
                <div
                  key={keys[index]}
                  role="row"
                  aria-rowindex={index + 2}
                  class="absolute inset-x-0 top-0 border-b border-line"
                  style={{ height: `${size}px`, transform: `translateY(${start}px)` }}
                >
                  {wide ? <ClientRow client={client} /> : <ClientCard client={client} />}
                </div>
              )
            );
          })}
        </div>
      </div>
    </div>
  );
}

function Head({ wide }: { wide: boolean }) {
  const text = liveText.value;
  const names = [text.who, text.doingWhat, text.device, text.since, text.heard];
  return (
    <div
      role="rowgroup"
      class={wide ? 'sticky top-0 z-10 h-10 border-b border-line bg-base-100' : 'sr-only'}
    >
      <div role="row" aria-rowindex={1} class={wide ? `${GRID} h-full text-xs text-muted` : ''}>
        {names.map((name) => (
          <span key={name} role="columnheader">
            {name}
          </span>
        ))}
      </div>
    </div>
  );
}
