import { conflict } from '../app-error.js';

export const noConnection = () =>
  conflict('no-connection', 'This cluster was registered without a connection. Give it one, or upload a snapshot.');
