import { heldWordsEs } from '../../shared/i18n/held-words.ts';
import { formatCount } from '../../shared/format.ts';
import { plural } from '../../shared/i18n/language.ts';
import type { liveEn } from './live-en.ts';

const clients = (count: number) => `${formatCount(count)} ${plural(count, 'cliente', 'clientes')}`;
const runs = (count: number) => `${formatCount(count)} ${plural(count, 'respaldo', 'respaldos')}`;

export const liveEs: typeof liveEn = {
  question: '¿Cuántas copias buenas tengo?',
  allGood: (sets: number) =>
    sets === 1
      ? 'El único respaldo tiene todas las copias que debe tener.'
      : `Los ${formatCount(sets)} respaldos tienen todas las copias que deben tener.`,
  someLack: (lacking: number, sets: number) =>
    `${formatCount(lacking)} de ${formatCount(sets)} ${plural(sets, 'respaldo', 'respaldos')} ${plural(lacking, 'necesita', 'necesitan')} su atención.`,
  noSets: 'Todavía no se ha respaldado nada',
  noSetsText:
    'Invite a alguien, o conéctese usted desde otra máquina; después ejecute: rbbackup PATH',
  invite: 'Invitar a alguien',
  heldTitle: 'Retenidas: no van a los destinos',
  heldLead:
    'Estas instantáneas cambian o borran tanto que las copias se quedan como están hasta que alguien diga que es correcto.',
  heldBack: 'retenida',
  heldText: heldWordsEs,
  moreHeld: (count: number) => `Y ${formatCount(count)} más.`,
  release: 'Liberar',
  releaseTitle: '¿Pasarla a los destinos?',
  releaseText:
    'Cada copia quedará como esta instantánea. Las anteriores siguen en el almacén, y lo que las copias borran queda unos días en su papelera.',
  released: 'Liberada: los destinos la reciben ahora.',
  toCopies: 'Todas las copias',
  toRuns: 'Todo lo que está en curso',
  clientsNow: 'Clientes',
  clientRoles: (origins: number, destinations: number) =>
    `${formatCount(origins)} ${plural(origins, 'origen', 'orígenes')}, ${formatCount(destinations)} ${plural(destinations, 'destino', 'destinos')}`,
  runsNow: 'En curso',
  runsNone: 'no hay nada en marcha',
  runsSome: 'en marcha',
  vaultSize: 'En el almacén',
  vaultSnapshots: (count: number) =>
    `${formatCount(count)} ${plural(count, 'instantánea', 'instantáneas')}`,
  free: 'Libre en disco',
  freeOf: (total: string) => `de ${total}`,

  listening: 'Escucha',
  isListening: 'escuchando',
  notListening: 'sin escuchar',
  listensAt: 'Los clientes se conectan a',
  everyAddress: 'todas las direcciones de esta máquina',
  port: 'Puerto',
  address: 'Dirección',
  stop: 'Detener',
  start: 'Empezar a escuchar',
  move: 'Mover',
  stoppedText: 'Nadie puede conectarse. Lo guardado sigue a salvo; esta consola continúa.',
  wouldListen: (at: string) => `Escucharía en ${at}.`,
  problem: 'Debería escuchar, pero no puede',
  stopTitle: '¿Dejar de escuchar?',
  stopText: (clientCount: number, runCount: number) =>
    clientCount === 0
      ? 'Ahora no hay nadie conectado. Nadie podrá conectarse hasta que vuelva a empezar. Esta consola continúa.'
      : `Se ${plural(clientCount, 'corta la conexión de', 'cortan las conexiones de')} ${clients(clientCount)}${runCount === 0 ? '' : `, y se ${plural(runCount, 'interrumpe', 'interrumpen')} ${runs(runCount)}`}. Los destinos vuelven por sí solos en cuanto vuelva a empezar. Un respaldo interrumpido se empieza de nuevo en su máquina, y sigue donde estaba. Esta consola continúa.`,
  stopConfirm: 'Dejar de escuchar',
  stopStay: 'Seguir escuchando',
  stopped: 'El hub ya no escucha.',
  moveTitle: 'Dónde escuchar',
  moveText:
    'Se corta la conexión de quien está conectado y se interrumpe lo que está en curso; al empezarlo de nuevo, sigue donde estaba. Los clientes vuelven si encuentran el hub en la red local; a los demás hay que decirles la dirección nueva. Las invitaciones aún sin usar llevan la antigua.',
  where: 'Quién puede alcanzarlo',
  whereAll: 'También otras máquinas',
  whereAllText: 'En todas las direcciones de esta máquina.',
  whereSelf: 'Solo esta máquina',
  whereSelfText: 'En 127.0.0.1.',
  whereOne: 'En una dirección',
  whereOneText: 'Una de las de esta máquina, como la de una sola red.',
  oneAddress: 'Dirección de esta máquina',
  addressMissing: 'Escriba una dirección de esta máquina.',
  portHint: '0: cualquiera que esté libre.',
  portWrong: 'Un puerto es un número de 0 a 65535.',
  moveConfirm: 'Escuchar ahí',
  moved: (at: string) => `El hub escucha ahora en ${at}.`,

  runsLead: 'Respaldos en camino ahora: al hub, y de él a sus destinos.',
  runsEmpty: 'No hay nada en marcha',
  runsEmptyText: 'Los respaldos aparecen aquí por sí solos en cuanto alguien empieza uno.',
  runsShown: (shown: number, total: number) =>
    `Los primeros ${formatCount(shown)} de ${formatCount(total)} respaldos en curso.`,
  phases: {
    waiting: 'esperando destinos',
    queued: 'en cola',
    live: 'en marcha',
    committing: 'guardándose',
    committed: 'copiando',
  },
  notBegun: 'Empieza en cuanto estén los destinos.',
  queuedText: 'Otro respaldo de este conjunto está en marcha; este empieza cuando termine.',
  safeAtHub: 'La instantánea está a salvo en el hub; las copias siguen.',
  copies: 'Copias',
  noCopies: 'Este respaldo no pide copias: lo guarda el hub.',
  copiesLater: 'Los destinos aparecen aquí cuando se conectan.',
  lately: 'Guardado últimamente',
  latelyNone: 'Las instantáneas aparecen aquí cuando se guardan.',
  skipped: (count: number) =>
    `${formatCount(count)} ${plural(count, 'cosa omitida', 'cosas omitidas')}`,
  copyCount: (count: number) => `${formatCount(count)} ${plural(count, 'copia', 'copias')}`,
  announceRuns: (count: number, percent: string) => `${runs(count)} en marcha, ${percent} hecho.`,

  clientsLead: 'Quién está conectado ahora. Aparecen y desaparecen por sí solos.',
  clientsEmpty: 'No hay nadie conectado',
  clientsEmptyText: 'Los clientes aparecen aquí por sí solos en cuanto se conectan.',
  clientsFilter: 'Filtrar por nombre, dispositivo, dirección o respaldo',
  clientsShown: (shown: number, total: number) =>
    shown === total ? clients(total) : `${formatCount(shown)} de ${clients(total)}`,
  all: 'Todos',
  role: 'Papel',
  roles: { origin: 'origen', destination: 'destino', observer: 'observador' },
  rolesMany: { origin: 'Orígenes', destination: 'Destinos', observer: 'Observadores' },
  who: 'Quién',
  device: 'Dispositivo',
  doingWhat: 'Qué está haciendo',
  since: 'Conectado',
  heard: 'Última señal',
  backingUp: (set: string) => (set === '' ? 'respaldando' : `respaldando ${set}`),
  receiving: (set: string) => (set === '' ? 'recibiendo' : `recibiendo ${set}`),
  waiting: (set: string) => (set === '' ? 'en espera' : `en espera con ${set}`),
  reading: 'mirando instantáneas',
  idle: 'nada por el momento',
};
