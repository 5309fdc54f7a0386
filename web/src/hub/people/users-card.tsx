import { SearchX, UserPlus } from 'lucide';
import { useState } from 'preact/hooks';

import type { User, Users } from '../../../../src/console/api/hub-api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, EmptyState, Skeleton } from '../../shared/components/card.tsx';
import type { Followed } from '../follow.ts';
import { hubText, peopleText } from '../i18n/text.ts';
import { SearchInput } from '../search-input.tsx';
import { LimitsDialog } from './limits-dialog.tsx';
import { RemoveDialog } from './remove-dialogs.tsx';
import type { Removal } from './remove-dialogs.tsx';
import { UserRow } from './user-row.tsx';

const PAGE = 50;
/** Fewer are found without. */
const FILTER_FROM = 8;

/** Everybody who may come in. */
export function UsersCard({ users }: { users: Followed<Users> }) {
  const text = peopleText.value;
  const [words, setWords] = useState('');
  const [most, setMost] = useState(PAGE);
  const [leaving, setLeaving] = useState<Removal | null>(null);
  const [limited, setLimited] = useState<User | null>(null);
  const all = users.data?.users;
  const found = all?.filter((user) => hasWords(user, words.trim().toLowerCase())) ?? [];
  return (
    <Card title={text.users} flush>
      {users.failure !== null && (
        <div class="px-5 pb-3">
          <FailureAlert failure={users.failure} onRetry={users.refresh} />
        </div>
      )}
      {all !== undefined && all.length >= FILTER_FROM && (
        <div class="flex px-5 pb-3">
          <SearchInput label={text.usersFilter} value={words} onInput={setWords} />
        </div>
      )}
      {all === undefined ? (
        <div class="p-5 pt-2">
          <Skeleton lines={3} class="h-12" />
        </div>
      ) : found.length === 0 ? (
        <EmptyState
          icon={all.length === 0 ? UserPlus : SearchX}
          title={all.length === 0 ? text.usersNone : hubText.value.noMatch}
          {...(all.length === 0 && { text: text.usersNoneText })}
        />
      ) : (
        <ul class="divide-y divide-line">
          {found.slice(0, most).map((user) => (
            <li key={user.name}>
              <UserRow
                user={user}
                onRemove={setLeaving}
                onLimit={setLimited}
                onChanged={users.refresh}
              />
            </li>
          ))}
        </ul>
      )}
      {found.length > most && (
        <div class="border-t border-line px-3 py-2">
          <Button look="quiet" size="small" onClick={() => setMost(most + PAGE)}>
            {hubText.value.showMore(Math.min(PAGE, found.length - most))}
          </Button>
        </div>
      )}
      {limited !== null && (
        <LimitsDialog user={limited} onClose={() => setLimited(null)} onDone={users.refresh} />
      )}
      {leaving !== null && (
        <RemoveDialog removal={leaving} onClose={() => setLeaving(null)} onDone={users.refresh} />
      )}
    </Card>
  );
}

function hasWords({ name, devices }: User, words: string): boolean {
  return [name, ...devices.flatMap(({ label, fingerprint }) => [label, fingerprint])]
    .join('\n')
    .toLowerCase()
    .includes(words);
}
