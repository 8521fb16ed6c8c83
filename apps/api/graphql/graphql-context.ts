import type { FastifyRequest } from 'fastify';
import type { ApiServices } from '../../composition/api-services.js';
import type { Principal } from '../access/doorkeeper.js';
import { Loaders } from './loaders.js';

/** What resolvers know of an operation. */
export interface GraphqlContext {
  readonly principal: Principal;
  readonly request: FastifyRequest;
  readonly loaders: Loaders;
  /** Who the key is now; throws where it was revoked meanwhile. For operations that go on. */
  readonly identify: () => Promise<Principal>;
}

export interface ContextParts {
  readonly services: ApiServices;
  readonly principal: Principal;
  readonly request: FastifyRequest;
  readonly identify: () => Promise<Principal>;
  /** A subscription goes on, so what it has seen must not be shown again as if it were new. */
  readonly isSubscription: boolean;
}

export const graphqlContext = ({ services, principal, request, identify, isSubscription }: ContextParts): GraphqlContext => ({
  principal,
  request,
  identify,
  loaders: new Loaders(services, principal, !isSubscription),
});
