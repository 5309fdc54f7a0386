import { formatCount } from '../format.ts';
import { plural } from './language.ts';
import type { transferEn } from './transfer-en.ts';

export const transferEs: typeof transferEn = {
  lookingThrough: 'recorriendo la carpeta',
  currentFile: 'Archivo actual',
  noFileYet: 'Ningún archivo todavía',
  rate: 'Velocidad',
  timeLeft: 'Tiempo restante',
  timeUnknown: 'aún no se sabe',
  files: 'Archivos',
  destinations: 'Destinos',
  moreDestinations: (count: number) =>
    `Mostrar ${formatCount(count)} ${plural(count, 'destino', 'destinos')} más`,
  fewerDestinations: 'Mostrar menos',
};
