import { heldWordsEs } from '../../../shared/i18n/held-words.ts';
import { formatCount } from '../../../shared/format.ts';
import { plural } from '../../../shared/i18n/language.ts';
import type { en } from './en.ts';

const counted = (count: number, one: string, other: string): string =>
  `${formatCount(count)} ${plural(count, one, other)}`;

export const es: typeof en = {
  title: 'Respaldos',
  lead: 'Cada copia de seguridad deja uno: todos sus archivos, tal como estaban en ese momento.',

  // Sets
  ofMachine: 'De este equipo',
  ofMe: 'De sus otros equipos',
  ofOthers: 'De otras personas',
  noSets: 'Todavía no hay respaldos',
  noSetsText: 'La primera vez que respalde una carpeta habrá uno, y cada vez después, otro más.',
  backUp: 'Respaldar una carpeta',
  snapshots: (count: number) => counted(count, 'respaldo', 'respaldos'),
  newest: 'el último,',

  // Calendar and time line
  calendar: 'Calendario',
  previousMonth: 'Mes anterior',
  nextMonth: 'Mes siguiente',
  dayNone: (day: string) => `${day}: ningún respaldo`,
  daySome: (day: string, count: number, size: string) =>
    `${day}: ${counted(count, 'respaldo', 'respaldos')}, ${size}`,
  monthSum: (count: number) =>
    count === 0
      ? 'Ningún respaldo en este mes'
      : `${counted(count, 'respaldo', 'respaldos')} en este mes`,
  timeLine: 'Línea de tiempo',
  timeLineOf: (day: string) => `Respaldos del ${day}`,
  allDays: 'Todos los días',
  noneThatDay: 'Ningún respaldo en este día.',
  newestOnly: (count: number) => `los últimos ${counted(count, 'respaldo', 'respaldos')}`,
  moreSnapshots: (count: number) => `Se muestran los ${formatCount(count)} más recientes; hay más.`,
  firstOne: 'el primero del conjunto',
  sameSize: 'mismo tamaño',
  verifiedCopies: (count: number) =>
    count === 0
      ? 'ninguna copia verificada'
      : counted(count, 'copia verificada', 'copias verificadas'),
  heldBack: 'retenido: no va a los destinos',
  heldText: (changed: number, deleted: number, of: number) =>
    `${heldWordsEs(changed, deleted, of)} Para pasarlo a los destinos: rbbackup release, o la página del servidor.`,
  copyAt: (name: string, time: string) => `${name}, verificada ${time}`,
  provenAt: (time: string) => `comprobada ${time}`,
  verified: 'verificada',
  proven: 'comprobada',
  notProven: 'sin comprobar desde entonces',
  signed: 'firmada por el equipo',
  unsigned: 'sin firma',
  skipped: (count: number) => `${formatCount(count)} sin incluir`,
  compare: 'Comparar',
  compareTwo: 'Comparar dos',
  comparePrevious: 'Comparar con el anterior',

  // A snapshot
  snapshotOf: (time: string) => `Respaldo del ${time}`,
  older: 'Anterior',
  newer: 'Siguiente',
  path: 'Ruta en el respaldo',
  topFolder: 'Carpeta superior',
  contents: 'Contenido',
  name: 'Nombre',
  size: 'Tamaño',
  changed: 'Modificado',
  emptyFolder: 'No hay nada en esta carpeta.',
  folder: 'Carpeta',
  kinds: {
    file: 'Archivo',
    folder: 'Carpeta',
    link: 'Enlace',
    fifo: 'Tubería con nombre',
    socket: 'Socket',
    device: 'Dispositivo',
  },
  whole: 'Ruta',
  kind: 'Clase',
  permissions: 'Permisos',
  target: 'Lleva a',
  inSnapshot: 'En el respaldo del',
  from: 'Respaldado desde',
  versions: 'Todas las versiones',
  download: 'Descargar',
  downloadNamed: (name: string) => `Descargar ${name}`,
  restore: 'Restaurar',
  restoreNamed: (name: string) => `Restaurar ${name}`,
  restoreFolder: 'Restaurar esta carpeta',
  restoreAll: 'Restaurar todo',

  // Restore
  restoreTitle: 'Restaurar',
  restoreEverything: 'Todo lo que hay en el respaldo',
  restoreWhere: 'En qué carpeta',
  restoreBecomes: 'Quedará en',
  restoreAllBecomes: 'Todo queda directamente en ella.',
  restoreIfThere: 'Si un archivo ya está ahí',
  keepNewer: 'Conservar los más recientes',
  keepNewerText: 'Un archivo que ahí es más reciente que en el respaldo se queda como está.',
  overwrite: 'Sobrescribir',
  overwriteText: 'Los archivos quedan como en el respaldo, aunque este sea más antiguo.',
  restoreSafe:
    'Lo que no está en el respaldo no se toca, y nunca se escribe nada fuera de la carpeta.',

  // Compare
  compareTitle: 'Comparar',
  compareLead: 'Lo que es distinto en el segundo.',
  before: 'Antes',
  after: 'Después',
  pick: 'Elija un respaldo',
  change: 'Cambiar',
  swap: 'Intercambiar los dos',
  needTwo: 'Este conjunto tiene un solo respaldo',
  needTwoText: 'Habrá algo que comparar en cuanto se haga un segundo respaldo.',
  noDifference: 'Los dos son iguales',
  noDifferenceText: 'No se añadió, quitó ni cambió nada entre los dos.',
  noneOfKind: 'Ningún cambio de esta clase.',
  comparing: 'Comparando los dos',
  changes: 'Cambios',
  filterChanges: 'Qué cambios',
  changeKinds: {
    all: 'Todos',
    added: 'Añadidos',
    removed: 'Quitados',
    changed: 'Cambiados',
    metadata: 'Atributos',
  },
  changeWords: {
    added: 'añadido',
    removed: 'quitado',
    changed: 'cambiado',
    metadata: 'atributos cambiados',
  },

  // Find
  findTitle: 'Buscar un archivo',
  findLead: 'Por su nombre, en todas las versiones que se guardan.',
  findLabel: 'Nombre, o una parte',
  findHint: 'Nombre, o *.pdf',
  find: 'Buscar',
  findKey: 'Pulse / para buscar',
  findWhere: 'Dónde buscar',
  everywhere: 'En todos los conjuntos',
  searching: (done: string, total: string) => `Buscado en ${done} de ${total} respaldos`,
  searchBegins: 'Buscando',
  found: (versions: number, files: number) =>
    `${counted(versions, 'versión', 'versiones')} de ${counted(files, 'nombre', 'nombres')}`,
  foundNone: 'Nada con este nombre',
  foundNoneText:
    'Solo cuentan los nombres, no lo que hay en los archivos. Pruebe con una parte más corta del nombre, o busque en todos los conjuntos.',
  stop: 'Detener',
  stopped: 'Detenido: pueden faltar versiones antiguas.',
  searchAgain: 'Buscar de nuevo',
  foundMore:
    'Hay más de lo que se puede mostrar. Escriba más del nombre, o busque en un solo conjunto.',
  results: 'Lo que se encontró',
  versionCount: (count: number) => counted(count, 'versión', 'versiones'),
  showVersions: (name: string) => `Todas las versiones de ${name}`,
  changedAt: (time: string) => `modificado ${time}`,
  keptIn: (time: string) => `en el respaldo del ${time}`,
  keptBetween: (oldest: string, newest: string) => `en respaldos del ${oldest} al ${newest}`,
  openFolderOf: (name: string) => `Abrir la carpeta de ${name}`,
  findStart: '¿Qué está buscando?',
  findStartText:
    'Escriba parte del nombre de un archivo o de una carpeta. Se busca en todos los respaldos que usted puede leer.',
};
