import { MonitorSmartphone, SearchX } from 'lucide';
import { useMemo, useState } from 'preact/hooks';

import type { ClientLine, Clients } from '../../../../src/console/api/hub-api.ts';
import { FailureAlert } from '../../shared/components/alert.tsx';
import { Button } from '../../shared/components/button.tsx';
import { Card, EmptyState, Skeleton } from '../../shared/components/card.tsx';
import { Segmented } from '../../shared/components/choices.tsx';
import { Select } from '../../shared/components/inputs.tsx';
import { Page } from '../../shared/shell/page.tsx';
import { ClientList } from '../clients/client-list.tsx';
import { hasWords } from '../clients/client-words.tsx';
import { useFollowed } from '../follow.ts';
import { hubText, liveText } from '../i18n/text.ts';
import { SearchInput } from '../search-input.tsx';
import { hubState } from '../state.ts';
import { isRoomy, isWide } from '../wide.ts';

type Role = 'all' | ClientLine['role'];

/** Who is connected, and what they do. */
export function ClientsPage() {
  const text = liveText.value;
  const { data, failure, refresh } = useFollowed<Clients>(
    '/api/clients',
    hubState.value?.clients.version,
  );
  return (
    <Page title={hubText.value.navClients} lead={text.clientsLead}>
      {failure !== null && <FailureAlert failure={failure} onRetry={refresh} />}
      {data === null ? (
        failure === null && <Skeleton lines={4} class="h-14" />
      ) : data.clients.length === 0 ? (
        <Card>
          <EmptyState
            icon={MonitorSmartphone}
            title={text.clientsEmpty}
            text={text.clientsEmptyText}
            action={<Button href="/people">{text.invite}</Button>}
          />
        </Card>
      ) : (
        <Found clients={data.clients} />
      )}
    </Page>
  );
}

function Found({ clients }: { clients: readonly ClientLine[] }) {
  const text = liveText.value;
  const [words, setWords] = useState('');
  const [role, setRole] = useState<Role>('all');
  const shown = useMemo(() => {
    const wanted = words.trim().toLowerCase();
    return clients.filter(
      (client) => (role === 'all' || client.role === role) && hasWords(client, wanted),
    );
  }, [clients, words, role]);
  return (
    <>
      <div class="flex flex-wrap items-center gap-3">
        <SearchInput label={text.clientsFilter} value={words} onInput={setWords} />
        <RoleChoice value={role} onChange={setRole} />
        <p class="text-xs text-muted sm:ms-auto" role="status">
          {text.clientsShown(shown.length, clients.length)}
        </p>
      </div>
      {shown.length === 0 ? (
        <Card>
          <EmptyState
            icon={SearchX}
            title={hubText.value.noMatch}
            action={
              <Button
                onClick={() => {
                  setWords('');
                  setRole('all');
                }}
              >
                {hubText.value.clearFilter}
              </Button>
            }
          />
        </Card>
      ) : (
        <ClientList key={String(isRoomy.value)} clients={shown} />
      )}
    </>
  );
}

function RoleChoice(props: { value: Role; onChange: (role: Role) => void }) {
  const text = liveText.value;
  const options = [
    { value: 'all', label: text.all },
    { value: 'origin', label: text.rolesMany.origin },
    { value: 'destination', label: text.rolesMany.destination },
    { value: 'observer', label: text.rolesMany.observer },
  ] as const;
  if (isWide.value) return <Segmented label={text.role} options={options} {...props} />;
  return (
    <div class="w-40">
      <Select label={text.role} options={options} {...props} />
    </div>
  );
}
