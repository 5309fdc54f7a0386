import { defineText } from './language.ts';
import { transferEn } from './transfer-en.ts';
import { transferEs } from './transfer-es.ts';

/** What is said of a transfer under way. */
export const transferText = defineText(transferEn, transferEs);
