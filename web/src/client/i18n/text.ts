import { defineText } from '../../shared/i18n/language.ts';
import { en } from './en.ts';
import { es } from './es.ts';
import { taskEn } from './task-en.ts';
import { taskEs } from './task-es.ts';

/** What the client's pages say, but for the page of a task. */
export const clientText = defineText(en, es);
/** What is said of tasks. */
export const taskText = defineText(taskEn, taskEs);
