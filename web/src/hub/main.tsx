import { startApp } from '../shared/shell/start.tsx';
import { HubApp } from './hub-app.tsx';

startApp(<HubApp />);
