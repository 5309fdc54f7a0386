import { en } from './en.ts';
import { es } from './es.ts';
import { failuresEn } from './failures-en.ts';
import { failuresEs } from './failures-es.ts';
import { defineText } from './language.ts';

/** What both consoles say. Rooms have a `text` of their own, made in the same way. */
export const sharedText = defineText(en, es);

/** By code: what happened, and what to do. */
export const failureText = defineText(failuresEn, failuresEs);
