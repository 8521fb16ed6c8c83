import { Body, Controller, Post, Query } from '@nestjs/common';
import { ApiConsumes, ApiTags } from '@nestjs/swagger';
import { RouteConfig } from '@nestjs/platform-fastify';
import { Caller } from '#application/caller.js';
import { PodSecurityService } from '#application/pod-security/pod-security.service.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { EvaluatePodSecurityInput, PodSecurityAnswerView, PodSecurityParameters } from './pod-security.view.js';

@Controller('v1/pod-security')
@ApiTags('pod-security')
export class PodSecurityController {
  constructor(private readonly podSecurity: PodSecurityService) {}

  @Post('evaluate')
  @RouteConfig({ manyOf: 'objects' })
  @ApiConsumes('application/json', 'application/x-ndjson')
  @Operation({
    id: 'evaluatePodSecurity', summary: 'What the Pod Security Standards say of objects', scope: 'access:read', returns: PodSecurityAnswerView, problems: [400, 413, 415, 422],
    about: 'Exact at every version, after the defaulting that an API server does. Up to 10,000 objects and 32 MiB; as `application/x-ndjson` one object a line, with `level` and `version` as parameters. Nothing is kept.',
  })
  evaluate(@AsCaller() caller: Caller, @Query() parameters: PodSecurityParameters, @Body() { level, version, objects }: EvaluatePodSecurityInput) {
    return this.podSecurity.evaluate(caller, { level: level ?? parameters.level ?? 'restricted', version: version ?? parameters.version ?? 'latest', objects }).then(PodSecurityAnswerView.of);
  }
}
