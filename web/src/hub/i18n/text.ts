import { defineText } from '../../shared/i18n/language.ts';
import { copiesEn } from './copies-en.ts';
import { copiesEs } from './copies-es.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { liveEn } from './live-en.ts';
import { liveEs } from './live-es.ts';
import { peopleEn } from './people-en.ts';
import { peopleEs } from './people-es.ts';

/** What the hub's pages say: the frame, the way in, the log, the settings. */
export const hubText = defineText(en, es);
/** Overview, listening, runs, clients. */
export const liveText = defineText(liveEn, liveEs);
/** Copies and the vault. */
export const copiesText = defineText(copiesEn, copiesEs);
/** Invitations, users, devices. */
export const peopleText = defineText(peopleEn, peopleEs);
