import { Body, Controller, Delete, Get, Param, Post, Query } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { ApiKeysService } from '#application/api-keys/api-keys.service.js';
import { Caller } from '#application/caller.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { PageParameters } from '../schema/page.js';
import { apiKeyPages, ApiKeyView, CreateApiKeyInput, CreatedApiKeyView } from './api-key.view.js';

@Controller('v1/api-keys')
@ApiTags('api-keys')
export class ApiKeysController {
  constructor(private readonly apiKeys: ApiKeysService) {}

  @Post()
  @Operation({ id: 'createApiKey', summary: 'Create an API key', scope: 'admin:write', status: 201, returns: CreatedApiKeyView, problems: [400, 413, 415, 422] })
  create(@AsCaller() caller: Caller, @Body() input: CreateApiKeyInput) {
    return this.apiKeys.create(caller, input).then(CreatedApiKeyView.of);
  }

  @Get()
  @Operation({ id: 'listApiKeys', summary: 'List API keys, newest first', scope: 'admin:read', returns: apiKeyPages.List, problems: [400, 422] })
  list(@AsCaller() caller: Caller, @Query() page: PageParameters) {
    return this.apiKeys.list(caller, page).then(apiKeyPages.listOf);
  }

  @Get(':id')
  @Operation({ id: 'getApiKey', summary: 'Get an API key, without its secret', scope: 'admin:read', returns: ApiKeyView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.apiKeys.get(caller, id).then(ApiKeyView.of);
  }

  @Delete(':id')
  @Operation({ id: 'revokeApiKey', summary: 'Revoke an API key', about: 'Counts at once and cannot be undone; the key stays in the list, with the time.', scope: 'admin:write', returns: ApiKeyView, problems: [404] })
  revoke(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.apiKeys.revoke(caller, id).then(ApiKeyView.of);
  }
}
