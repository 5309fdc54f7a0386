import { Clock, HardDrive, House, Monitor } from 'lucide';
import type { IconNode } from 'lucide';

import type { DiskFolder } from '../../../../src/console/api/client-api.ts';
import type { Path } from '../../../../src/console/api/common.ts';
import { Icon } from '../../shared/components/icon.tsx';
import { nameText, showName } from '../../shared/show-name.tsx';
import { clientText } from '../i18n/text.ts';
import { lastPart } from '../task/task-words.tsx';

type Place = DiskFolder['places'][number];

const ICONS: Readonly<Record<Place['kind'], IconNode>> = {
  home: House,
  root: Monitor,
  mount: HardDrive,
  recent: Clock,
};

/** Where one may want to begin. A row that scrolls on small screens. */
export function Places(props: {
  places: readonly Place[];
  current: Path | null;
  onOpen: (path: Path) => void;
}) {
  const text = clientText.value;
  return (
    <nav aria-label={text.places} class="min-w-0">
      <ul class="flex gap-1 overflow-x-auto p-0.5 sm:flex-col">
        {props.places.map(({ kind, path }) => (
          <li key={`${kind} ${path.path}`} class="shrink-0">
            <button
              type="button"
              class="row-button text-sm"
              title={nameText(path)}
              aria-current={props.current?.path === path.path ? 'location' : undefined}
              onClick={() => props.onOpen(path)}
            >
              <Icon of={ICONS[kind]} size={16} />
              <span class="max-w-32 truncate">
                {kind === 'home'
                  ? text.placeHome
                  : kind === 'root'
                    ? text.placeRoot
                    : showName(lastPart(path))}
              </span>
            </button>
          </li>
        ))}
      </ul>
    </nav>
  );
}
