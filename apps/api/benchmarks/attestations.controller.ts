import { Body, Controller, Get, Param, Post, Query, Res } from '@nestjs/common';
import { ApiBody, ApiTags } from '@nestjs/swagger';
import type { FastifyReply } from 'fastify';
import { AttestationsService } from '#application/benchmarks/attestations.service.js';
import { Caller } from '#application/caller.js';
import { AsCaller } from '../access/principal.js';
import { Operation } from '../docs/operation.js';
import { optionalInput } from '../schema/optional-input.js';
import { attestationPages, AttestationView, AttestItemInput, ListAttestationsParameters, RevokeAttestationInput } from './attestation.view.js';

@Controller('v1')
@ApiTags('benchmarks')
export class AttestationsController {
  constructor(private readonly attestations: AttestationsService) {}

  @Post('clusters/:id/attestations')
  @Operation({
    id: 'attestItem', summary: 'Attest an item that evidence cannot decide', scope: 'findings:write', status: 201, returns: AttestationView, headers: { Location: 'Address of the attestation.' }, problems: [400, 404, 409, 413, 415, 422],
    about: 'Counts where a person must look, until it expires or another is made; what evidence decides stays as it is. Told as `attestation.created`, and some days before its end as `attestation.expiring`.',
  })
  async create(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Body() input: AttestItemInput, @Res({ passthrough: true }) reply: FastifyReply): Promise<AttestationView> {
    const attestation = await this.attestations.create(caller, clusterId, input);
    void reply.header('location', `/v1/attestations/${attestation.id}`);
    return AttestationView.of(attestation);
  }

  @Get('clusters/:id/attestations')
  @Operation({ id: 'listAttestations', summary: "List a cluster's attestations, newest first", about: 'With those that are revoked or expired.', scope: 'scans:read', returns: attestationPages.List, problems: [400, 404, 422] })
  list(@AsCaller() caller: Caller, @Param('id') clusterId: string, @Query() { first, after, item }: ListAttestationsParameters) {
    return this.attestations.list(caller, { clusterId, ...(item !== undefined && { itemId: item }) }, { first, after }).then(attestationPages.listOf);
  }

  @Get('attestations/:id')
  @Operation({ id: 'getAttestation', summary: 'Get an attestation', scope: 'scans:read', returns: AttestationView, problems: [404] })
  get(@AsCaller() caller: Caller, @Param('id') id: string) {
    return this.attestations.get(caller, id).then(AttestationView.of);
  }

  @Post('attestations/:id/revoke')
  @Operation({ id: 'revokeAttestation', summary: 'Revoke an attestation', about: 'It stays as history. Told as `attestation.revoked`; revoking again changes nothing.', scope: 'findings:write', returns: AttestationView, problems: [400, 404, 413, 415, 422] })
  @ApiBody({ type: RevokeAttestationInput, required: false })
  revoke(@AsCaller() caller: Caller, @Param('id') id: string, @Body() body: unknown) {
    return this.attestations.revoke(caller, id, optionalInput(RevokeAttestationInput, body)).then(AttestationView.of);
  }
}
