import { Controller, Get, Header, Param } from '@nestjs/common';
import { ApiTags } from '@nestjs/swagger';
import { notFound } from '#application/app-error.js';
import { rightsManifest } from '#kubernetes/rights/rights-manifest.js';
import { Operation } from '../docs/operation.js';
import { manifestEnum } from './cluster.view.js';

@Controller('v1/rights')
@ApiTags('clusters')
export class RightsController {
  @Get(':manifest')
  @Header('content-type', 'application/yaml')
  @Operation({
    id: 'getRightsManifest', summary: 'The ClusterRole that a scan needs, ready to apply', about: '`base` reads everything except Secrets; `secrets` adds their metadata; `node-config` adds what kubelets are configured to do, and with which flags.',
    scope: 'any', returnsMedia: { type: 'application/yaml', about: 'Manifests for `kubectl apply -f -`.' }, problems: [404],
  })
  get(@Param('manifest') manifest: string): string {
    const name = manifestEnum.values.find((known) => known === manifest);
    if (!name) throw notFound('manifest');
    return rightsManifest(name);
  }
}
