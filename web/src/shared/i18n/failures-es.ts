import type { FailureTexts } from './failures-en.ts';

export const failuresEs: FailureTexts = {
  'no-answer': {
    title: 'El programa no responde',
    advice: 'Puede que se haya detenido. Inícielo de nuevo e inténtelo otra vez.',
  },
  'not-signed-in': {
    title: 'Este navegador no tiene la sesión iniciada',
    advice: 'Inicie sesión de nuevo; lo que está en marcha continúa mientras tanto.',
  },
  usage: { title: 'Hay algo incorrecto en el formulario', advice: 'Corríjalo e intente de nuevo.' },
  'not-allowed': {
    title: 'El servidor no permite hacer esto',
    advice: 'Pida permiso a quien administra el servidor.',
  },
  'not-trusted': {
    title: 'El otro lado no pudo demostrar quién es',
    advice: 'Pida una invitación nueva y conéctese con ella.',
  },
  'invitation-expired': {
    title: 'La invitación no se usó a tiempo',
    advice: 'Pida una nueva.',
  },
  'invitation-used': { title: 'La invitación ya se usó', advice: 'Pida una nueva.' },
  'hub-in-use': {
    title: 'Otro servidor usa la misma carpeta',
    advice: 'Deténgalo o elija otra carpeta.',
  },
  'port-taken': {
    title: 'Otro programa usa este puerto',
    advice: 'Elija otro puerto o detenga ese programa.',
  },
  'dir-unwritable': {
    title: 'No se puede escribir en la carpeta',
    advice: 'Elija otra carpeta o cambie sus permisos.',
  },
  'disk-full': {
    title: 'No queda espacio en el disco',
    advice: 'Libere espacio y comience de nuevo: continúa donde estaba.',
  },
  'missing-chunk': {
    title: 'Una parte de los datos no se encuentra en ningún sitio',
    advice: 'Respalde la carpeta de nuevo: lo que falta se envía otra vez.',
  },
  'damaged-chunk': {
    title: 'Una parte de los datos está dañada',
    advice: 'Respalde la carpeta de nuevo: lo dañado se envía otra vez.',
  },
  'damaged-catalog': {
    title: 'No se puede leer el catálogo del servidor',
    advice: 'Apártelo e inicie el servidor: se rehace a partir del depósito.',
  },
  'damaged-state': {
    title: 'Lo que se recordaba de la última vez está dañado',
    advice: 'No se pierde nada: se lee todo de nuevo.',
  },
  'wrong-receipt': {
    title: 'Un recibo no está firmado para su copia',
    advice: 'Verifique en ese destino qué tiene.',
  },
  unreadable: {
    title: 'Algo no se pudo leer',
    advice: 'Revise sus permisos; el resto sí se tomó.',
  },
  'changed-while-read': {
    title: 'Un archivo cambiaba mientras se leía',
    advice: 'Se tomó lo último leído. Comience de nuevo cuando no cambie.',
  },
  protocol: {
    title: 'El otro lado dijo algo incorrecto',
    advice: 'Compruebe que ambos usan la misma versión de rbbackup.',
  },
  'too-large': { title: 'Algo es demasiado grande', advice: 'Exclúyalo e intente de nuevo.' },
  'name-refused': {
    title: 'Un nombre no puede existir aquí y se rechazó',
    advice: 'Dele otro nombre e intente de nuevo.',
  },
  'in-the-way': {
    title: 'Hay otra cosa en ese lugar',
    advice: 'No se ha tocado. Muévala o elija otra carpeta.',
  },
  differs: {
    title: 'Lo que hay en el disco no es lo registrado',
    advice: 'Verifíquelo con el servidor accesible: así se repara.',
  },
  'connection-lost': {
    title: 'Falló la conexión',
    advice: 'Compruebe la dirección y que el servidor esté en marcha; luego intente de nuevo.',
  },
  timeout: {
    title: 'El otro lado no respondió a tiempo',
    advice: 'Compruebe la dirección, el puerto y la red; luego intente de nuevo.',
  },
  'too-few-copies': {
    title: 'Se verificaron menos copias de las pedidas',
    advice: 'El respaldo está a salvo en el servidor. Las copias se ponen al día al conectarse.',
  },
  interrupted: { title: 'Se detuvo', advice: 'Comience de nuevo: continúa donde estaba.' },
  'not-found': { title: 'No se encontró', advice: 'Puede que se haya quitado entretanto.' },
  ambiguous: { title: 'El nombre vale para más de una cosa', advice: 'Escriba más de él.' },
  unsupported: {
    title: 'Este sistema o esta versión no puede hacerlo',
    advice: 'Use la versión más nueva en ambos lados.',
  },
  'wrong-password': { title: 'La contraseña no es correcta', advice: 'Inténtelo de nuevo.' },
  'too-many-tries': {
    title: 'Demasiadas contraseñas incorrectas',
    advice: 'Espere un poco antes del próximo intento.',
  },
  busy: {
    title: 'Se está haciendo otra cosa con ello',
    advice: 'Espere a que termine e intente de nuevo.',
  },
  'held-back': {
    title: 'Está retenido',
    advice: 'Cambiaría o borraría mucho. Revíselo y libérelo si es correcto.',
  },
  'limit-reached': {
    title: 'Se alcanzó un límite del servidor',
    advice: 'Quien administra el servidor puede subirlo.',
  },
  internal: {
    title: 'Un fallo del propio rbbackup',
    advice: 'Intente de nuevo; si persiste, infórmenos.',
  },
};
