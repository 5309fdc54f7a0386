import { startApp } from '../shared/shell/start.tsx';
import { ClientApp } from './client-app.tsx';

startApp(<ClientApp />);
