import { hubText } from '../i18n/text.ts';
import { passwordStrength } from './password-strength.ts';
import type { Strength } from './password-strength.ts';

const LEVEL: Readonly<Record<Strength, number>> = { none: 0, short: 1, weak: 1, fair: 2, good: 3 };
const COLOUR: Readonly<Record<Strength, string>> = {
  none: 'bg-track',
  short: 'bg-error',
  weak: 'bg-warning',
  fair: 'bg-info',
  good: 'bg-primary',
};

/** How hard a password is to guess, in three steps and a word. */
export function StrengthMeter({ password }: { password: string }) {
  const text = hubText.value;
  const strength = passwordStrength(password);
  return (
    <div class="flex items-center gap-3">
      <div class="flex flex-1 gap-1" aria-hidden="true">
        {[1, 2, 3].map((step) => (
          <span
            key={step}
            class={`h-1.5 flex-1 rounded-full ${step <= LEVEL[strength] ? COLOUR[strength] : 'bg-track'}`}
          />
        ))}
      </div>
      <p class="min-w-28 text-end text-xs text-muted" role="status">
        <span class="sr-only">{text.strength}: </span>
        {text.strengths[strength]}
      </p>
    </div>
  );
}
