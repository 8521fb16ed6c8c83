import { eachOf } from './list-scope.js';

export const eachNode = eachOf('nodes', 'node');
export const eachService = eachOf('services', 'service');
export const eachSecret = eachOf('secrets', 'secret');
export const eachNetworkPolicy = eachOf('networkpolicies.networking.k8s.io', 'network policy');
