import { formatCount } from '../../shared/format.ts';
import { plural } from '../../shared/i18n/language.ts';
import type { peopleEn } from './people-en.ts';

const devices = (count: number) =>
  `${formatCount(count)} ${plural(count, 'dispositivo', 'dispositivos')}`;

const duty: typeof peopleEn.duty = {
  add: 'añade y lee',
  all: 'también elimina',
  destination: 'solo destino',
};
const dutyText: typeof peopleEn.dutyText = {
  add: 'Añade instantáneas, lee y guarda copias. No puede eliminar ninguna, la controle quien la controle.',
  all: 'También elimina instantáneas y libera las retenidas.',
  destination: 'Guarda copias y lee; no respalda nada.',
};

export const peopleEs: typeof peopleEn = {
  duty,
  dutyText,
  dutyLabel: 'Para qué es este dispositivo',
  dutyOf: (name: string) => `Para qué es ${name}`,
  limitsOf: (name: string) => `Límites de ${name}`,
  limitsLead: 'Vacío: sin límite. Valen desde la próxima conexión y el próximo respaldo.',
  limitBytes: 'Almacenado, en GiB',
  limitBytesHint: (stored: string) =>
    `Los respaldos con este nombre han añadido ${stored} al almacén.`,
  limited: 'con límites',
  limitSets: 'Conjuntos de respaldo',
  limitConnections: 'Conexiones a la vez',
  limitRate: 'Velocidad, en MiB por segundo',
  limitRateHint: 'En cada sentido, de todas sus conexiones juntas.',
  limitWrong: 'Escriba un número mayor que 0, o nada.',
  limitsSave: 'Guardar',
  limitsSaved: (name: string) => `Los límites de ${name} están guardados.`,
  lead: 'Quién puede entrar, con qué dispositivos, y qué puede hacer.',
  invite: 'Invitar a alguien',
  users: 'Personas conocidas',
  usersNone: 'Todavía no se conoce a nadie',
  usersNoneText: 'Quien use una invitación aparece aquí.',
  usersFilter: 'Filtrar por nombre o dispositivo',
  rights: { member: 'miembro', 'read-only': 'solo lectura', admin: 'administrador' },
  rightsText: {
    member: 'Respalda, guarda copias, y lee y restaura lo suyo.',
    'read-only': 'Lee, restaura y guarda copias de lo suyo; no respalda nada.',
    admin: 'Como un miembro; además lee, restaura y guarda copias de lo de los demás.',
  },
  rightsOf: (name: string) => `Permisos de ${name}`,
  rightsChanged: (name: string, what: string) => `${name}: ${what}.`,
  since: 'visto por primera vez',
  devices,
  showDevices: 'Dispositivos',
  noDevices: 'Ningún dispositivo: nadie puede entrar con este nombre sin una nueva invitación.',
  seen: 'visto',
  paired: 'por invitación',
  byName: 'solo por nombre',
  removeDevice: 'Quitar este dispositivo',
  removeDeviceTitle: '¿Quitar este dispositivo?',
  removeDeviceText: (label: string, isOpen: boolean) =>
    `${label} ya no puede entrar${isOpen ? ', salvo solo por nombre, pues este hub está abierto' : ' sin una nueva invitación'}. Lo que ha respaldado sigue en el almacén, y también las copias en otras máquinas.`,
  removeUser: 'Quitar',
  removeUserOf: (name: string) => `Quitar a ${name}`,
  removeUserTitle: (name: string) => `¿Quitar a ${name}?`,
  removeUserText: (name: string, count: number, isOpen: boolean) =>
    `${name} ${count === 0 ? 'ya no puede' : `y ${devices(count)} ya no pueden`} entrar${isOpen ? ', salvo solo por nombre, pues este hub está abierto' : ' sin una nueva invitación'}. Las instantáneas siguen en el almacén y las copias donde están: no se borra nada. Los administradores pueden seguir leyéndolas y restaurándolas.`,
  removed: (name: string) => `${name} ya no puede entrar.`,
  deviceRemoved: 'El dispositivo ya no puede entrar.',

  invitations: 'Invitaciones',
  invitationsNone: 'No se hizo ninguna invitación en los últimos 30 días.',
  open: 'abierta',
  used: 'usada',
  expired: 'caducada',
  validUntil: (time: string) => `hasta ${time}`,
  withdraw: 'Retirar',
  withdrawTitle: '¿Retirar esta invitación?',
  withdrawText: (name: string) =>
    `El código dado a ${name} ya no deja entrar a nadie. Puede hacer otro cuando quiera.`,
  withdrawn: 'La invitación se ha retirado.',
  asNow: 'los de ahora, o miembro',

  inviteTitle: 'Invitar a alguien',
  inviteLead:
    'Recibe un código para pasarlo a otra persona. Deja entrar a un dispositivo, una vez, con este nombre.',
  name: 'Nombre',
  nameHint:
    'Los respaldos se guardan con él. Para otro dispositivo de la misma persona, use el mismo nombre.',
  nameMissing: 'Escriba un nombre.',
  rightsLabel: 'Permisos',
  validFor: 'Válida durante',
  hours: (count: number) => `${formatCount(count)} ${plural(count, 'hora', 'horas')}`,
  days: (count: number) => `${formatCount(count)} ${plural(count, 'día', 'días')}`,
  addresses: 'Direcciones de este hub',
  addressesHint:
    'HOST:PUERTO, una por línea: cómo llega la otra máquina a esta, por ejemplo con un nombre de internet. Vacío: todas las direcciones que esta máquina conoce de sí misma.',
  addressesMany: '8 direcciones como máximo.',
  make: 'Hacer la invitación',
  codeTitle: (name: string) => `Invitación para ${name}`,
  codeOnce: 'Este código solo se muestra ahora',
  codeOnceText: (name: string, until: string) =>
    `Hágaselo llegar a ${name} sin que nadie más lo lea. Vale una vez, hasta ${until}.`,
  code: 'Código',
  copyCode: 'Copiar el código',
  command: 'O bien, en un terminal de allí',
  copyCommand: 'Copiar la orden',
  qr: 'Lo mismo como imagen',
  qrText: 'Para leerla con un teléfono y enviarla desde él.',
  qrAlt: 'Código QR de la invitación',
  reaches: 'Lleva a',
  done: 'Listo',
  another: 'Otra más',
};
