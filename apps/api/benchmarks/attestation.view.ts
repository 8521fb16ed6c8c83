import { standingOfAttestation, type AttestationStanding, type AttestItem } from '#application/benchmarks/attestations.service.js';
import type { StoredAttestation } from '#application/benchmarks/stored-attestation.js';
import { ApiField } from '../schema/api-field.js';
import { namedEnum } from '../schema/named-enum.js';
import { PageParameters, pageViews } from '../schema/page.js';
import { Input, Parameters, View, view } from '../schema/shapes.js';

const verdictEnum = namedEnum('AttestationVerdict', ['pass', 'fail'] as const, 'What a person says of an item.');
const standingEnum = namedEnum('AttestationStanding', ['in-force', 'expired', 'revoked'] as const satisfies readonly AttestationStanding[], 'How an attestation stands by itself. The latest of an item counts, where a person must look at all.');

@View('AttestationAttachment', 'What a person looked at, as they keep it: its bytes are not kept here.')
export class AttachmentView {
  @ApiField.text({ about: 'Its name.' })
  readonly name: string;

  @ApiField.text({ about: 'Its SHA-256, in hexadecimals.' })
  readonly sha256: string;
}

@View('Attestation', 'What a person says of an item of one cluster that evidence cannot decide.')
export class AttestationView {
  @ApiField.id({ about: 'Its id.' })
  readonly id: string;

  @ApiField.id({ about: 'The cluster.' })
  readonly clusterId: string;

  @ApiField.text({ about: 'The benchmark by which it was attested.' })
  readonly benchmark: string;

  @ApiField.text({ about: "The item's number in it." })
  readonly itemId: string;

  @ApiField.text({ about: 'Who says so.' })
  readonly person: string;

  @ApiField.oneOf(verdictEnum, { about: 'What they say.' })
  readonly verdict: 'pass' | 'fail';

  @ApiField.text({ about: 'What was looked at, and what was found.' })
  readonly statement: string;

  @ApiField.object(() => AttachmentView, { about: 'What they looked at.', isNullable: true })
  readonly attachment: AttachmentView | null;

  @ApiField.time({ about: 'When it was looked at.' })
  readonly attestedAt: Date;

  @ApiField.time({ about: 'From then on it counts for nothing.' })
  readonly expiresAt: Date;

  @ApiField.oneOf(standingEnum, { about: 'How it stands now.' })
  readonly standing: AttestationStanding;

  @ApiField.text({ about: 'Id of the API key that recorded it.' })
  readonly recordedBy: string;

  @ApiField.time({ about: 'When it was recorded.' })
  readonly createdAt: Date;

  @ApiField.time({ about: 'When it was revoked.', isNullable: true })
  readonly revokedAt: Date | null;

  @ApiField.text({ about: 'Id of the API key that revoked it.', isNullable: true })
  readonly revokedBy: string | null;

  @ApiField.text({ about: 'Why it was revoked.', isNullable: true })
  readonly revokeReason: string | null;

  static of(this: void, attestation: StoredAttestation): AttestationView {
    const { id, clusterId, benchmark, itemId, person, verdict, statement, attachmentName, attachmentSha256, attestedAt, expiresAt, recordedBy, createdAt, revokedAt, revokedBy, revokeReason } = attestation;
    return view(AttestationView, {
      id, clusterId, benchmark, itemId, person, verdict, statement, attestedAt, expiresAt, recordedBy, createdAt, revokedAt, revokedBy, revokeReason, standing: standingOfAttestation(attestation, new Date()),
      attachment: attachmentName === null || attachmentSha256 === null ? null : view(AttachmentView, { name: attachmentName, sha256: attachmentSha256 }),
    });
  }
}

export const attestationPages = pageViews<StoredAttestation, AttestationView>('Attestation', AttestationView, AttestationView.of);

@Input('AttachmentInput', 'What a person looked at.')
export class AttachmentInput {
  @ApiField.text({ about: 'Its name.', minLength: 1, maxLength: 255, example: 'firewall-review.pdf' })
  readonly name: string;

  @ApiField.text({ about: 'Its SHA-256, as 64 hexadecimal digits.', minLength: 64, maxLength: 64 })
  readonly sha256: string;
}

@Input('AttestItemInput', 'What a person says of an item.')
export class AttestItemInput implements AttestItem {
  @ApiField.text({ about: "The item's number.", minLength: 1, maxLength: 60, example: '5.1.3' })
  readonly itemId: string;

  @ApiField.text({ about: "In this benchmark; the one of the cluster's latest run where not given.", isOptional: true, minLength: 1, maxLength: 60, example: 'cis-1.12' })
  readonly benchmark?: string;

  @ApiField.text({ about: 'Who says so.', minLength: 1, maxLength: 200, example: 'Ada Lovelace, platform team' })
  readonly person: string;

  @ApiField.oneOf(verdictEnum, { about: 'What they say.' })
  readonly verdict: 'pass' | 'fail';

  @ApiField.text({ about: 'What was looked at, and what was found.', minLength: 1, maxLength: 4_000 })
  readonly statement: string;

  @ApiField.object(() => AttachmentInput, { about: 'What they looked at.', isOptional: true })
  readonly attachment?: AttachmentInput;

  @ApiField.time({ about: 'When it was looked at; now where not given.', isOptional: true })
  readonly attestedAt?: Date;

  @ApiField.time({ about: 'From then on it counts for nothing.' })
  readonly expiresAt: Date;
}

@Input('RevokeAttestationInput', 'Why an attestation is taken back.')
export class RevokeAttestationInput {
  @ApiField.text({ about: 'The reason.', isOptional: true, minLength: 1, maxLength: 1_000 })
  readonly reason?: string;
}

@Parameters()
export class ListAttestationsParameters extends PageParameters {
  @ApiField.text({ about: "Only of this item, by its number in the cluster's latest run.", isOptional: true, minLength: 1, maxLength: 60 })
  readonly item?: string;
}
