import { CollectionError } from '#application/ports/cluster-collector.js';
import { TransportFailure } from './kube-api.js';
import { NotKubernetes, type ReadFailure } from './read-failure.js';

/** What a failure of the very first request means for the whole scan. */
export function collectionError(failure: ReadFailure): CollectionError {
  if (failure.reason === 'cancelled') return new CollectionError('cancelled', failure.message);
  if (failure.reason === 'unauthorized') return credentialsRefused(failure.message);
  if (failure.reason === 'forbidden') return new CollectionError('forbidden', failure.message);
  if (failure instanceof NotKubernetes || failure.reason === 'invalid' || failure.reason === 'too-large') return new CollectionError('not-kubernetes', failure.message);
  if (failure instanceof TransportFailure) {
    switch (failure.code) {
      case 'tls-failed':
        return new CollectionError('tls-failed', failure.message, true);
      case 'address-denied':
      case 'scheme-not-allowed':
      case 'invalid-url':
        return new CollectionError(failure.code, failure.message);
      default:
        return unreachable(failure.message);
    }
  }
  return unreachable(failure.message);
}

export const credentialsRefused = (message: string): CollectionError => new CollectionError('credentials-refused', message);
export const unreachable = (message: string): CollectionError => new CollectionError('cluster-unreachable', message, true);
