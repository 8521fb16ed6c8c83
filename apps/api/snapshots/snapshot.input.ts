import type { CompletenessInput } from '#application/snapshots/completeness.js';
import { ApiField } from '../schema/api-field.js';
import { text } from '../schema/field-type.js';
import { namedEnum } from '../schema/named-enum.js';
import { Parameters } from '../schema/shapes.js';

const completeEnum = namedEnum('Complete', ['cluster', 'kinds', 'objects'] as const, 'What an upload has observed.');

@Parameters()
export class UploadSnapshotParameters implements CompletenessInput {
  @ApiField.oneOf(completeEnum, {
    about: '`cluster`: every listable kind was read, except those in `unread`; `kinds`: those in `kinds` were; `objects`, where not given: only these objects are known, so nothing is resolved and nothing passes by absence.',
    isOptional: true,
  })
  readonly complete?: 'cluster' | 'kinds' | 'objects';

  @ApiField.list(text({ maxLength: 253, example: 'secrets' }), { about: 'With `complete=cluster`: resources that were not read, as kubectl names them.', isOptional: true, max: 200 })
  readonly unread?: readonly string[];

  @ApiField.list(text({ maxLength: 253, example: 'deployments.apps' }), { about: 'With `complete=kinds`: resources that were read to their end.', isOptional: true, max: 200 })
  readonly kinds?: readonly string[];
}
