import { RotateCcw } from 'lucide';

import { Button } from '../../shared/components/button.tsx';
import { Card } from '../../shared/components/card.tsx';
import { FrontPage } from '../../shared/shell/front-page.tsx';
import { hubText } from '../i18n/text.ts';
import { session } from '../state.ts';
import { CommandLine } from './command-line.tsx';

/** The first start, seen from another machine. */
export function ElsewherePage() {
  const text = hubText.value;
  return (
    <FrontPage title={text.elsewhereTitle} lead={text.elsewhereLead}>
      <Card>
        <div class="flex flex-col gap-4">
          <p>{text.elsewhereOpen}</p>
          <CommandLine command="rbbackupd password DIR" />
          <Button look="primary" icon={RotateCcw} onClick={() => void session.refresh()}>
            {text.elsewhereAgain}
          </Button>
        </div>
      </Card>
    </FrontPage>
  );
}
