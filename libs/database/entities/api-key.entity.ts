import { Column, Entity, PrimaryColumn } from 'typeorm';
import type { ApiKey } from '#application/api-keys/api-key.js';
import type { ScopeName } from '#application/caller.js';
import { maybeTime, texts, time } from '../column-types.js';

@Entity({ schema: 'bulwark', name: 'api_keys' })
export class ApiKeyEntity implements ApiKey {
  @PrimaryColumn('uuid') readonly tenantId: string;
  @PrimaryColumn('uuid') readonly id: string;
  @Column('text') readonly lookupId: string;
  @Column('text') readonly name: string;
  @Column('bytea') readonly hash: Uint8Array;
  @Column('text') readonly prefix: string;
  @Column(texts) readonly scopes: readonly ScopeName[];
  @Column(time) readonly createdAt: Date;
  @Column(maybeTime) readonly expiresAt: Date | null;
  @Column(maybeTime) readonly revokedAt: Date | null;
  @Column(maybeTime) readonly lastUsedAt: Date | null;
}
