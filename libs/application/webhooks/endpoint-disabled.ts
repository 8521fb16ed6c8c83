import { conflict, type AppError } from '../app-error.js';

export const endpointDisabled = (): AppError => conflict('webhook-disabled', 'This webhook endpoint is disabled. Enable it first.');
