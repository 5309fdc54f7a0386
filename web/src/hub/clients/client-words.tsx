import { Eye, FolderDown, FolderUp } from 'lucide';
import type { IconNode } from 'lucide';

import type { ClientLine } from '../../../../src/console/api/hub-api.ts';
import { nameText } from '../../shared/show-name.tsx';
import { liveText } from '../i18n/text.ts';

export const ROLE_ICONS: Readonly<Record<ClientLine['role'], IconNode>> = {
  origin: FolderUp,
  destination: FolderDown,
  observer: Eye,
};

/** What it is doing, in the language of the page; the set's name is on its own. */
export function activityText({ activity, set }: ClientLine): string {
  const text = liveText.value;
  const name = set === null ? '' : nameText(set);
  switch (activity) {
    case 'backing-up':
      return text.backingUp(name);
    case 'receiving':
      return text.receiving(name);
    case 'waiting':
      return text.waiting(name);
    case 'reading':
      return text.reading;
    case 'idle':
      return text.idle;
  }
}

/** The same client in one answer and the next: a place of its own in the list. */
export function clientKey(client: ClientLine): string {
  return [client.device, client.role, client.name, client.address, client.sinceMs].join('\n');
}

/** Whether it has these words in what is shown of it. */
export function hasWords(client: ClientLine, words: string): boolean {
  const { user, host, name, device, address, set } = client;
  return [`${user}@${host}`, name, device, address, set ?? '']
    .join('\n')
    .toLowerCase()
    .includes(words);
}
