import { CornerLeftUp, Folder, FolderLock } from 'lucide';
import { useLayoutEffect, useRef, useState } from 'preact/hooks';

import type { DiskFolder } from '../../../../src/console/api/client-api.ts';
import type { Path } from '../../../../src/console/api/common.ts';
import { Icon } from '../../shared/components/icon.tsx';
import { showName } from '../../shared/show-name.tsx';
import { clientText } from '../i18n/text.ts';

type Props = { folder: DiskFolder | null; isBusy: boolean; onOpen: (path: Path) => void };

/** Folders in the folder. Arrows move, Enter opens, Backspace goes up, a letter finds. */
export function FolderList({ folder, isBusy, onOpen: open }: Props) {
  const text = clientText.value;
  const list = useRef<HTMLUListElement>(null);
  const goesOn = useRef(true);
  const [showsHidden, setShowsHidden] = useState(false);
  const folders = folder?.folders.filter(({ hidden }) => showsHidden || !hidden) ?? [];
  const hasHidden = folder?.folders.some(({ hidden }) => hidden) ?? false;

  const onOpen = (path: Path) => {
    goesOn.current = true;
    open(path);
  };
  // A list that has just opened has the focus; so has the next one for whoever came by a row of the last.
  useLayoutEffect(() => {
    list.current?.scrollTo(0, 0);
    if (folder === null) return;
    if (goesOn.current) list.current?.querySelector('button')?.focus();
    goesOn.current = false;
  }, [folder]);

  const onKeyDown = (event: KeyboardEvent) => {
    if (event.altKey || event.ctrlKey || event.metaKey) return;
    const buttons = [...(list.current?.querySelectorAll('button') ?? [])];
    const at = buttons.findIndex((button) => button === document.activeElement);
    const to = nextRow(event.key, at, buttons);
    if (to !== null) {
      event.preventDefault();
      buttons[to]?.focus();
    } else if (event.key === 'Backspace' && folder?.parent) {
      event.preventDefault();
      onOpen(folder.parent);
    }
  };

  return (
    <div class="flex flex-col gap-2">
      {/* Its rows are buttons: the keys only move between them. */}
      {/* oxlint-disable-next-line jsx-a11y/no-noninteractive-element-interactions */}
      <ul
        ref={list}
        aria-label={text.subfolders}
        aria-busy={isBusy}
        onKeyDown={onKeyDown}
        class="h-64 overflow-y-auto rounded-xl border border-line p-1"
      >
        {folder?.parent && (
          <Row icon={CornerLeftUp} onOpen={() => folder.parent && onOpen(folder.parent)}>
            {text.upOne}
          </Row>
        )}
        {folders.map(({ name, path, readable, hidden }) => (
          <Row
            key={path.pathBytes ?? path.path}
            icon={readable ? Folder : FolderLock}
            isFaint={hidden || !readable}
            onOpen={() => onOpen(path)}
          >
            {showName(name)}
            {!readable && <span class="text-xs"> · {text.notReadable}</span>}
          </Row>
        ))}
        {folder !== null && folders.length === 0 && (
          <li class="p-3 text-sm text-muted">{text.noSubfolders}</li>
        )}
        {folder?.more === true && <li class="p-3 text-sm text-muted">{text.moreFolders}</li>}
      </ul>
      {hasHidden && (
        <label class="flex min-h-8 w-fit cursor-pointer items-center gap-2 text-sm">
          <input
            type="checkbox"
            class="checkbox checkbox-primary"
            checked={showsHidden}
            onChange={(event) => setShowsHidden(event.currentTarget.checked)}
          />
          {text.showHidden}
        </label>
      )}
    </div>
  );
}

function Row(props: {
  icon: typeof Folder;
  isFaint?: boolean;
  onOpen: () => void;
  children: preact.ComponentChildren;
}) {
  return (
    <li>
      <button
        type="button"
        class={`row-button py-1.5 text-sm ${props.isFaint === true ? 'text-muted' : ''}`}
        onClick={props.onOpen}
      >
        <Icon of={props.icon} class={props.isFaint === true ? '' : 'text-primary'} />
        <span class="min-w-0 truncate">{props.children}</span>
      </button>
    </li>
  );
}

/** Null if the key moves nothing. */
function nextRow(key: string, at: number, rows: readonly HTMLElement[]): number | null {
  if (rows.length === 0) return null;
  if (key === 'ArrowDown') return Math.min(rows.length - 1, at + 1);
  if (key === 'ArrowUp') return Math.max(0, at - 1);
  if (key === 'Home') return 0;
  if (key === 'End') return rows.length - 1;
  if (key.length !== 1 || key === ' ') return null;
  const letter = key.toLowerCase();
  for (let step = 1; step <= rows.length; step++) {
    const row = (at + step) % rows.length;
    if (rows[row]?.textContent?.trim().toLowerCase().startsWith(letter) === true) return row;
  }
  return null;
}
