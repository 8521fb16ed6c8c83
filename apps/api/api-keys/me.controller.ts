import { Controller, Get } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { Caller } from '#application/caller.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { MeView } from './api-key.view.js';

@Controller('v1/me')
@ApiTags('api-keys')
export class MeController {
  @Get()
  @Operation({ id: 'getMe', summary: 'Who the key is, and what it may do', scope: 'any', returns: MeView })
  get(@AsCaller() caller: Caller): MeView {
    return MeView.of(caller);
  }
}
