import { eachOf } from './list-scope.js';

export const eachNode = eachOf('nodes', 'node');
export const eachService = eachOf('services', 'service');
export const eachSecret = eachOf('secrets', 'secret');
