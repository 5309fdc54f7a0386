import { formatCount } from '../../shared/format.ts';
import { plural } from '../../shared/i18n/language.ts';
import type { copiesEn } from './copies-en.ts';

export const copiesEs: typeof copiesEn = {
  lead: 'Qué destino tiene qué respaldo, cuánto retraso lleva y cuándo se verificó por última vez cada byte.',
  warnings: {
    never: 'Aún no tiene ninguna instantánea: nada de ello está a salvo.',
    none: 'Ningún destino tiene una copia. Conecte uno: «rbbackup receive DIR».',
    'too-few':
      'La última instantánea tiene menos copias de las pedidas. Se ponen al día cuando se conectan los destinos.',
    old: 'Hay suficientes destinos con una copia, pero desde hace más de un día ninguna es de la última instantánea.',
  },
  firstUnderWay: 'Su primer respaldo está en marcha.',
  copiesOf: (verified: number, asked: number) =>
    verified > asked
      ? `${formatCount(verified)} ${plural(verified, 'copia', 'copias')}`
      : `${formatCount(verified)} de ${formatCount(asked)} ${plural(asked, 'copia', 'copias')}`,
  hubOnly: 'solo el hub',
  moreSets: (count: number) =>
    `y ${formatCount(count)} ${plural(count, 'respaldo', 'respaldos')} más`,
  empty: 'Todavía no se ha respaldado nada',
  emptyText: 'En cuanto se guarde una instantánea, aquí se ve quién tiene copias de ella.',
  caption: 'Copias por respaldo y destino',
  backup: 'Respaldo',
  newest: 'la última',
  noSnapshot: 'sin instantáneas',
  damaged: 'dañada en el almacén',
  snapshots: (count: number) =>
    `${formatCount(count)} ${plural(count, 'instantánea', 'instantáneas')}`,
  behind: (count: number) => `${formatCount(count)} de retraso`,
  noCopy: 'sin copia',
  verifiedAt: 'verificada',
  provenAt: 'comprobada',
  notProven: 'sin comprobar desde entonces',
  signed: 'firmada por el equipo',
  unsigned: 'sin firma',
  holds: (time: string) => `Tiene la instantánea del ${time}`,
  connected: 'conectado',
  lastSeen: 'visto',
  filter: 'Filtrar por respaldo, persona o máquina',
  show: 'Mostrar',
  all: 'Todos',
  onlyWarnings: 'Solo avisos',
  noWarnings: 'A ningún respaldo le falta nada.',
  shownSets: (shown: number, total: number) =>
    shown === total
      ? `${formatCount(total)} ${plural(total, 'respaldo', 'respaldos')}`
      : `${formatCount(shown)} de ${formatCount(total)} ${plural(total, 'respaldo', 'respaldos')}`,
  destinations: (count: number) => `${formatCount(count)} ${plural(count, 'destino', 'destinos')}`,
  moreDestinations: (shown: number, total: number) =>
    `Los primeros ${formatCount(shown)} de ${formatCount(total)} destinos; un filtro muestra los que le importan.`,
  copiesHeld: 'Copias guardadas',
  noneHeld: 'Ningún destino tiene nada de él.',
  legend: 'Cómo se lee',
  legendNewest: 'tiene la última instantánea, con cada byte verificado',
  legendBehind: 'tiene una anterior: tantas son más nuevas',
  legendTime:
    'debajo: cuándo se comprobó por última vez que partes de ella siguen ahí o, si no, cuándo se verificó',
  legendNone: 'no tiene nada de él',

  vaultLead: 'Lo que guarda el propio hub. Las copias en otras máquinas no se cuentan aquí.',
  kept: 'Guardado en el disco',
  standsFor: 'Equivale a',
  smaller: 'Reducido',
  times: (ratio: string) => `${ratio} veces`,
  savingTitle: 'Cómo se reduce',
  savingNone: 'Todavía no se guarda nada.',
  barAll: 'Todas las instantáneas, desplegadas por completo',
  barDifferent: 'Contenido distinto que hay en ellas',
  barKept: 'Comprimido, en el disco',
  dedupeText: (ratio: string) =>
    `El mismo contenido se guarda una vez, por muchos archivos e instantáneas que lo tengan: ${ratio} veces menos.`,
  notInSnapshots:
    'Parte de ello no está en ninguna instantánea: es de respaldos en marcha o interrumpidos, que siguen desde ahí.',
  dedupeNone: 'Por ahora ningún contenido está dos veces.',
  compressText: (ratio: string) => `Lo que queda se comprime: ${ratio} veces menos.`,
  compressNone:
    'Lo que queda no se puede comprimir: así son las películas, las fotos y los archivos comprimidos.',
  growth: 'Crecimiento',
  growthNone: 'El tamaño se anota una vez por hora; la línea aparece con la segunda anotación.',
  growthTable: 'Como tabla',
  growthKept: 'En el disco',
  growthContent: 'Antes de comprimir',
  growthSummary: (from: string, to: string, since: string) => `De ${from} a ${to} desde ${since}.`,
  time: 'Momento',
  space: 'Espacio',
  spaceFree: (free: string) => `${free} libres`,
  spaceOf: (total: string) => `de ${total}`,
  spaceUsed: 'Ocupado, por todo',
  spaceVault: 'De ello, el almacén',
  daysLeft: (days: number) =>
    `Al ritmo de los últimos 30 días, hay sitio para unos ${formatCount(days)} ${plural(days, 'día', 'días')} más.`,
  daysMany: 'Al ritmo de los últimos 30 días, hay sitio para años.',
  daysUnknown: 'Cuándo se llenará se podrá decir dentro de unos días.',
  daysShrinking: 'No ha crecido en los últimos 30 días.',
  spaceLow: 'Queda poco espacio',
  check: '¿Está íntegro?',
  checkNever: 'Nunca se ha comprobado',
  checkNeverText:
    'Una comprobación lee el almacén y encuentra los daños antes que una restauración.',
  checkOk: 'Todo está íntegro',
  checkBad: 'Se encontraron daños',
  checkBadText: (records: number, snapshots: number) =>
    `${formatCount(records)} ${plural(records, 'pieza dañada', 'piezas dañadas')}, en ${formatCount(snapshots)} ${plural(snapshots, 'instantánea', 'instantáneas')}. Conecte un destino que tenga una copia, o respalde esas carpetas otra vez: lo dañado se envía de nuevo.`,
  checkRead: 'Se leyó cada byte.',
  checkQuick: 'Solo se comprobó el índice de lo guardado, no cada byte.',
  checkNow: 'Comprobar y reparar ahora',
  checkNowText:
    'Lee cada byte y trae lo dañado de los destinos que lo tienen. Mientras tanto, el hub sigue en servicio.',
  checkUnderWay: 'Comprobación del almacén',
  checkElsewhere: 'Hay una comprobación en curso que empezó un cliente.',
  checkReading: (done: string, total: string) => `Leído: ${done} de ${total}`,
  checkSnapshots: (done: number, total: number) =>
    `Instantáneas revisadas: ${formatCount(done)} de ${formatCount(total)}`,
  checkHealing: 'Trayendo lo que falta de los destinos …',
  checkStop: 'Detener la comprobación',
  checkStopped: 'La última comprobación se detuvo antes de acabar.',
  healed: (count: number) =>
    `${formatCount(count)} ${plural(count, 'parte de archivos o carpetas estaba dañada y vuelve', 'partes de archivos y carpetas estaban dañadas y vuelven')} a estar ${plural(count, 'íntegra', 'íntegras')}`,
  healedFrom: (names: string) => `Traídas de ${names}.`,
  damagedNow: (count: number) =>
    `${formatCount(count)} ${plural(count, 'instantánea no se puede', 'instantáneas no se pueden')} restaurar por completo`,
  damagedHow:
    'Conecte un destino que tenga una copia, o respalde esas carpetas otra vez: lo dañado se envía de nuevo.',
  moreDamaged: (count: number) => `y ${formatCount(count)} más`,
  problems: (count: number) =>
    `${formatCount(count)} ${plural(count, 'ruta dañada', 'rutas dañadas')}`,
  scrub: 'Lectura en segundo plano',
  scrubNever: 'Aún no ha empezado.',
  scrubAt: (percent: string) => `${percent} leído`,
  scrubSince: 'desde',
  scrubEnded: 'Se leyó todo; acabó',
  scrubDamaged: (count: number) =>
    `Encontró ${formatCount(count)} ${plural(count, 'pieza dañada', 'piezas dañadas')}.`,
  lacking: 'Falta',
  lackingNone: 'Nada que las instantáneas necesiten.',
  lackingText:
    'partes de archivos y carpetas que las instantáneas necesitan. Se piden a los destinos que las tienen cuando se conectan.',
  lackingHealing:
    'partes de archivos y carpetas que las instantáneas necesitan; se están pidiendo a los destinos.',
  records: (count: number) => `${formatCount(count)} ${plural(count, 'pieza', 'piezas')}`,
};
