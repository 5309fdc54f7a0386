import { defineText } from '../../../shared/i18n/language.ts';
import { en } from './en.ts';
import { es } from './es.ts';

/** What the pages about snapshots say. */
export const snapshotsText = defineText(en, es);
