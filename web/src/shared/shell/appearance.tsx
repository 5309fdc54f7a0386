import { Monitor, Moon, Sun } from 'lucide';

import { Segmented } from '../components/choices.tsx';
import { Field } from '../components/field.tsx';
import { Select } from '../components/inputs.tsx';
import { languageChoice } from '../i18n/language.ts';
import { sharedText } from '../i18n/text.ts';
import { themeChoice } from '../theme.ts';

/** Theme and language; kept by this browser. */
export function AppearanceFields() {
  const text = sharedText.value;
  return (
    <div class="flex flex-col gap-5">
      <div class="flex flex-col gap-1.5">
        <p class="text-sm font-semibold">{text.theme}</p>
        <Segmented
          label={text.theme}
          wide
          value={themeChoice.value}
          options={[
            { value: 'system', label: text.themeSystem, icon: Monitor },
            { value: 'light', label: text.themeLight, icon: Sun },
            { value: 'dark', label: text.themeDark, icon: Moon },
          ]}
          onChange={(choice) => {
            themeChoice.value = choice;
          }}
        />
      </div>
      <Field label={text.language}>
        <Select
          value={languageChoice.value}
          options={[
            { value: 'auto', label: text.languageAuto },
            { value: 'en', label: 'English' },
            { value: 'es', label: 'Español' },
          ]}
          onChange={(choice) => {
            languageChoice.value = choice;
          }}
        />
      </Field>
    </div>
  );
}
