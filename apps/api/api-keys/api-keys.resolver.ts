import { Args, ID, Mutation, Query, Resolver } from '@nestjs/graphql';
import { ApiKeysService } from '#application/api-keys/api-keys.service.js';
import { Caller } from '#application/caller.js';
import { AsCaller } from '../access/principal.js';
import { PageParameters } from '../schema/page.js';
import { apiKeyPages, ApiKeyView, CreateApiKeyInput, CreatedApiKeyView, MeView } from './api-key.view.js';

@Resolver(() => ApiKeyView)
export class ApiKeysResolver {
  constructor(private readonly service: ApiKeysService) {}

  @Query(() => MeView, { description: 'Who the key is, and what it may do.' })
  me(@AsCaller() caller: Caller) {
    return MeView.of(caller);
  }

  @Query(() => apiKeyPages.Connection, { description: 'API keys, newest first.' })
  apiKeys(@AsCaller() caller: Caller, @Args() page: PageParameters) {
    return this.service.list(caller, page).then(apiKeyPages.connectionOf);
  }

  @Query(() => ApiKeyView, { description: 'One API key, without its secret.' })
  apiKey(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.get(caller, id).then(ApiKeyView.of);
  }

  @Mutation(() => CreatedApiKeyView, { description: 'Creates an API key.' })
  createApiKey(@AsCaller() caller: Caller, @Args('input') input: CreateApiKeyInput) {
    return this.service.create(caller, input).then(CreatedApiKeyView.of);
  }

  @Mutation(() => ApiKeyView, { description: 'Revokes an API key. Counts at once and cannot be undone.' })
  revokeApiKey(@AsCaller() caller: Caller, @Args('id', { type: () => ID }) id: string) {
    return this.service.revoke(caller, id).then(ApiKeyView.of);
  }
}
