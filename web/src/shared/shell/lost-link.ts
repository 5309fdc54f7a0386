import { useEffect, useRef, useState } from 'preact/hooks';

import { showToast } from '../components/toast.tsx';
import type { LinkState } from '../events.ts';
import { sharedText } from '../i18n/text.ts';

/** A reload of the program is no news: only what lasts longer is told. */
const PATIENCE_MS = 1500;

/** Whether the link has been lost for a while; says so when it is back. */
export function useLostLink(link: LinkState): boolean {
  const [isLost, setLost] = useState(false);
  const wasTold = useRef(false);
  useEffect(() => {
    if (link === 'open') {
      if (wasTold.current) showToast(sharedText.peek().answersAgain);
      wasTold.current = false;
      setLost(false);
      return undefined;
    }
    const timer = setTimeout(() => {
      wasTold.current = true;
      setLost(true);
    }, PATIENCE_MS);
    return () => clearTimeout(timer);
  }, [link]);
  return isLost;
}
