import type { StoredEnrolmentKey } from '#application/nodes/enrolment-key.js';
import type { CreateEnrolmentKey, EnrolmentKeyWithText } from '#application/nodes/enrolment-keys.service.js';
import { ApiField } from '../schema/api-field.js';
import { pageViews } from '../schema/page.js';
import { Input, View, view } from '../schema/shapes.js';

@View('EnrolmentKey', "A key that a cluster's node collectors sign with, without its secret.")
export class EnrolmentKeyView {
  @ApiField.id({ about: 'Its id.' })
  readonly id: string;

  @ApiField.id({ about: 'The cluster that it speaks for, and no other.' })
  readonly clusterId: string;

  @ApiField.text({ about: 'What it is for.' })
  readonly name: string;

  @ApiField.text({ about: 'How its text begins, to tell keys apart.' })
  readonly prefix: string;

  @ApiField.id({ about: 'The API key that made it.' })
  readonly createdBy: string;

  @ApiField.time({ about: 'When it was made.' })
  readonly createdAt: Date;

  @ApiField.time({ about: 'When it stops working; null: never by itself.', isNullable: true })
  readonly expiresAt: Date | null;

  @ApiField.time({ about: 'When it was revoked.', isNullable: true })
  readonly revokedAt: Date | null;

  @ApiField.id({ about: 'The API key that revoked it.', isNullable: true })
  readonly revokedBy: string | null;

  @ApiField.time({ about: 'When a bundle that it signed was last taken, to the minute.', isNullable: true })
  readonly lastUsedAt: Date | null;

  static of(this: void, { id, clusterId, name, prefix, createdBy, createdAt, expiresAt, revokedAt, revokedBy, lastUsedAt }: StoredEnrolmentKey): EnrolmentKeyView {
    return view(EnrolmentKeyView, { id, clusterId, name, prefix, createdBy, createdAt, expiresAt, revokedAt, revokedBy, lastUsedAt });
  }
}

export const enrolmentKeyPages = pageViews<StoredEnrolmentKey, EnrolmentKeyView>('EnrolmentKey', EnrolmentKeyView, EnrolmentKeyView.of);

@Input('CreateEnrolmentKeyInput', 'A new enrolment key.')
export class CreateEnrolmentKeyInput implements CreateEnrolmentKey {
  @ApiField.text({ about: 'What it is for.', minLength: 1, maxLength: 100, example: 'node collectors' })
  readonly name: string;

  @ApiField.time({ about: 'When it stops working; where not given, never by itself.', isOptional: true })
  readonly expiresAt?: Date;
}

@View('CreatedEnrolmentKey', 'A new enrolment key with its text.')
export class CreatedEnrolmentKeyView {
  @ApiField.object(() => EnrolmentKeyView, { about: 'The key.' })
  readonly enrolmentKey: EnrolmentKeyView;

  @ApiField.text({ about: "Its text, `bwe_…`, for the collector's key file. Shown this once." })
  readonly text: string;

  static of(this: void, { key, text }: EnrolmentKeyWithText): CreatedEnrolmentKeyView {
    return view(CreatedEnrolmentKeyView, { enrolmentKey: EnrolmentKeyView.of(key), text });
  }
}
