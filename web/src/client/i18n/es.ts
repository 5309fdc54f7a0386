import { formatCount } from '../../shared/format.ts';
import { plural } from '../../shared/i18n/language.ts';
import type { en } from './en.ts';

export const es: typeof en = {
  navHome: 'Inicio',
  navSnapshots: 'Respaldos',
  navSettings: 'Ajustes',
  closedTitle: 'Abra esta página desde el programa',
  closedText:
    'Por su seguridad, solo el propio programa puede dejar entrar a un navegador. Ejecute esto en una terminal: abre la página de nuevo.',

  // Login
  loginTitle: 'Conéctese a su servidor',
  loginLead:
    'El servidor es el programa que guarda sus respaldos y los reparte. Esto se hace una sola vez.',
  loginByCode: 'Invitación',
  loginByName: 'Nombre y servidor',
  loginHow: 'Cómo conectarse',
  code: 'Código de invitación',
  codeHint:
    'Se lo da quien administra el servidor. Contiene la dirección, la confianza y su nombre.',
  codeMissing: 'Pegue el código de invitación.',
  name: 'Su nombre',
  nameHint: 'Mantiene sus archivos separados de los de otros.',
  nameMissing: 'Escriba su nombre.',
  server: 'Servidor',
  serverHint:
    'Su dirección, con :PUERTO si no es el habitual. Solo los servidores abiertos admiten por nombre.',
  serverMissing: 'Escriba la dirección del servidor.',
  localPort: 'Puerto propio',
  localPortHint: 'El puerto desde el que se conecta esta máquina. Vacío: cualquiera libre.',
  localPortWrong: 'Un puerto es un número de 0 a 65535.',
  connect: 'Conectar',
  connecting: 'Conectando',
  connectFailed: 'No se pudo conectar',
  nearby: 'Encontrados cerca',
  nearbyLooking: 'Buscando servidores en esta red',
  nearbyNone: 'Ningún servidor se anuncia en esta red.',
  nearbyAgain: 'Buscar otra vez',
  nearbyOpen: 'abierto por nombre',
  nearbyInvited: 'con invitación',
  nearbyNeedsCode: (hub: string) =>
    `${hub} solo admite a quien tiene una invitación: pegue arriba el código.`,
  knownHubs: 'Servidores conocidos',
  takeHub: 'Usar',
  welcomeBack: (hub: string) => `Conectado a ${hub}.`,

  // Home
  homeTitle: '¿Qué desea hacer?',
  backUpFolder: 'Respaldar una carpeta',
  backUpFolderText:
    'Envíe una carpeta de esta máquina al servidor y haga que se copie a tantas otras como quiera.',
  keepCopies: 'Guardar copias aquí',
  keepCopiesText:
    'Esta máquina guarda copias de los respaldos: se conecta, espera y recibe lo que llegue.',
  atWork: 'En marcha',
  atWorkNone: 'No hay nada en marcha',
  atWorkNoneText: 'Lo que comience continúa aunque cierre esta página.',
  ended: 'Terminado',
  clearEnded: 'Vaciar la lista',
  cleared: (count: number) =>
    `${formatCount(count)} ${plural(count, 'entrada quitada', 'entradas quitadas')}. Los respaldos no se tocan.`,

  // Forms
  folder: 'Carpeta',
  chooseFolder: 'Elegir una carpeta',
  change: 'Cambiar',
  noFolder: 'Aún no hay carpeta elegida',
  folderMissing: 'Elija primero una carpeta.',
  setName: 'Nombre del respaldo',
  setNameHint: 'Con este nombre aparece en las listas. Vacío: el nombre de la carpeta.',
  copies: 'Copias en otras máquinas',
  copiesText: (count: number) =>
    count === 0
      ? 'Solo la guarda el servidor. Termina en cuanto esté a salvo allí.'
      : `La guarda el servidor y además ${formatCount(count)} ${plural(count, 'máquina', 'máquinas')} más. Empieza cuando ${plural(count, 'haya una conectada', `haya ${formatCount(count)} conectadas`)} y termina cuando ${plural(count, 'esa copia esté verificada', 'esas copias estén verificadas')}.`,
  gone: 'Lo que ha borrado desde el último respaldo',
  keepGone: 'Conservarlo',
  keepGoneText: 'Los archivos borrados aquí siguen en el respaldo más nuevo y en las copias.',
  deleteGone: 'Borrarlo también allí',
  deleteGoneText:
    'Las copias quedan exactamente como esta carpeta. Los respaldos anteriores conservan lo borrado.',
  exclude: 'Excluir',
  excludeHint: 'Un patrón por línea, como en .gitignore: *.tmp, node_modules/, /build',
  recursive: 'Con todas sus subcarpetas',
  recursiveHint: 'Sin marcar: solo los archivos que están directamente en la carpeta.',
  waitFor: 'Esperar a los destinos',
  waitForever: 'Lo que haga falta',
  waitMinutes: (count: number) => `${formatCount(count)} ${plural(count, 'minuto', 'minutos')}`,
  waitHours: (count: number) => `${formatCount(count)} ${plural(count, 'hora', 'horas')}`,
  limit: 'Límite de velocidad',
  limitHint: 'En MiB por segundo. Vacío: tan rápido como se pueda.',
  limitWrong: 'Escriba un número mayor que 0.',
  startBackup: 'Comenzar el respaldo',
  dryRun: 'Ver qué pasaría',
  dryRunHint: 'Recorre la carpeta y pregunta al servidor, pero no envía ni borra nada.',
  startFailed: 'No se pudo comenzar',
  receiveLead:
    'Las copias se comprueban byte a byte. Si se corta la conexión, continúa solo cuando vuelve el servidor.',
  whichSets: 'Qué respaldos',
  allSets: 'Todos los que puedo leer',
  allSetsText: 'Cada uno en su subcarpeta; los nuevos llegan solos.',
  oneSet: 'Uno de ellos',
  oneSetText: 'La carpeta queda exactamente como su árbol. Lo demás que haya en ella no se toca.',
  pickSet: 'Respaldo',
  setsNone:
    'El servidor aún no tiene respaldos que usted pueda leer. Elija «Todos»: llegarán en cuanto los haya.',
  setsNoneChosen: 'Elija un respaldo.',
  as: 'Nombre de este destino',
  asHint: 'Así ven esta máquina los orígenes. Vacío: el nombre de la máquina y la carpeta.',
  connectAndWait: 'Conectar y esperar',

  // Picker
  places: 'Lugares',
  placeHome: 'Carpeta personal',
  placeRoot: 'Esta máquina',
  pathLabel: 'Ruta',
  go: 'Ir',
  newFolder: 'Carpeta nueva',
  newFolderName: 'Nombre de la carpeta nueva',
  make: 'Crear',
  subfolders: 'Carpetas que contiene',
  noSubfolders: 'Aquí no hay carpetas. Puede elegir esta.',
  showHidden: 'Mostrar carpetas ocultas',
  moreFolders: 'Hay más carpetas de las que caben: escriba la ruta.',
  upOne: 'Subir una carpeta',
  notReadable: 'no se puede leer',
  notWritable: 'En esta carpeta no se puede escribir: elija otra.',
  chooseThis: 'Elegir esta carpeta',
  folderFacts: (files: string, free: string) => `${files} directamente en ella · ${free} libres`,

  // Settings
  settingsLead: 'Servidores en los que confía este dispositivo, y el aspecto de esta página.',
  hubs: 'Servidores',
  inUse: 'en uso',
  addHub: 'Conectarse a otro servidor',
  forget: 'Olvidar',
  forgetTitle: '¿Olvidar este servidor?',
  forgetText: (hub: string) =>
    `Este dispositivo dejará de ser conocido en ${hub}. Para volver necesitará otra invitación. Lo guardado allí se queda.`,
  forgotten: 'Se ha olvidado el servidor.',
  fingerprint: 'Huella digital',
  appearance: 'Apariencia e idioma',
  about: 'Acerca de',
  version: 'Versión',
  machine: 'Nombre de esta máquina en los respaldos',
  aboutText:
    'Una carpeta, enviada una vez, a un depósito y a muchas máquinas, con cada copia verificada.',
};
