import { CircleCheck, ClockArrowDown, Minus, Signature } from 'lucide';

import { Icon } from '../../shared/components/icon.tsx';
import { copiesText } from '../i18n/text.ts';

/** What the signs of the matrix mean. */
export function Legend() {
  const text = copiesText.value;
  const signs = [
    { icon: CircleCheck, ink: 'text-success', words: text.legendNewest },
    { icon: ClockArrowDown, ink: 'text-warning', words: text.legendBehind },
    { icon: Signature, ink: '', words: text.signed },
    { icon: Minus, ink: '', words: text.legendNone },
  ];
  return (
    <ul
      class="flex flex-col gap-x-6 gap-y-1 text-xs text-muted sm:flex-row sm:flex-wrap"
      aria-label={text.legend}
    >
      {signs.map(({ icon, ink, words }) => (
        <li key={words} class="flex items-center gap-1.5">
          <Icon of={icon} size={14} class={ink} />
          {words}
        </li>
      ))}
      <li>{text.legendTime}</li>
    </ul>
  );
}
