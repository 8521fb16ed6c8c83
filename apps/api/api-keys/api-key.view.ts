import type { ApiKey } from '#application/api-keys/api-key.js';
import type { ApiKeyWithToken, CreateApiKey } from '#application/api-keys/api-keys.service.js';
import { scopes, type Caller, type ScopeName } from '#application/caller.js';
import { ApiField } from '../schema/api-field.js';
import { oneOf } from '../schema/field-type.js';
import { namedEnum } from '../schema/named-enum.js';
import { pageViews } from '../schema/page.js';
import { Input, View, view } from '../schema/shapes.js';

export const scopeEnum = namedEnum('Scope', scopes, 'What a key may do; `write` includes `read`.');

@View('ApiKey', 'A key, without its secret.')
export class ApiKeyView {
  @ApiField.id({ about: 'Its id.' })
  readonly id: string;

  @ApiField.text({ about: 'What it is for.' })
  readonly name: string;

  @ApiField.text({ about: 'How its token begins, to tell keys apart.' })
  readonly prefix: string;

  @ApiField.list(oneOf(scopeEnum), { about: 'What it may do.' })
  readonly scopes: readonly ScopeName[];

  @ApiField.time({ about: 'When it was made.' })
  readonly createdAt: Date;

  @ApiField.time({ about: 'When it stops working; null: never by itself.', isNullable: true })
  readonly expiresAt: Date | null;

  @ApiField.time({ about: 'When it was revoked.', isNullable: true })
  readonly revokedAt: Date | null;

  @ApiField.time({ about: 'When it was last used, to the minute.', isNullable: true })
  readonly lastUsedAt: Date | null;

  static of(this: void, { id, name, prefix, scopes: granted, createdAt, expiresAt, revokedAt, lastUsedAt }: ApiKey): ApiKeyView {
    return view(ApiKeyView, { id, name, prefix, scopes: granted, createdAt, expiresAt, revokedAt, lastUsedAt });
  }
}

export const apiKeyPages = pageViews<ApiKey, ApiKeyView>('ApiKey', ApiKeyView, ApiKeyView.of);

@Input('CreateApiKeyInput', 'A new key. It cannot get a scope that its maker lacks, nor outlive it.')
export class CreateApiKeyInput implements CreateApiKey {
  @ApiField.text({ about: 'What it is for.', minLength: 1, maxLength: 100, example: 'Build pipeline' })
  readonly name: string;

  @ApiField.list(oneOf(scopeEnum), { about: 'What it may do.', max: scopes.length })
  readonly scopes: readonly ScopeName[];

  @ApiField.time({ about: 'When it stops working; where not given, with its maker, or never by itself.', isOptional: true })
  readonly expiresAt?: Date;
}

@View('CreatedApiKey', 'A new key with its token.')
export class CreatedApiKeyView {
  @ApiField.object(() => ApiKeyView, { about: 'The key.' })
  readonly key: ApiKeyView;

  @ApiField.text({ about: 'Its token, for `Authorization: Bearer`. Shown this once.' })
  readonly token: string;

  static of(this: void, { key, token }: ApiKeyWithToken): CreatedApiKeyView {
    return view(CreatedApiKeyView, { key: ApiKeyView.of(key), token });
  }
}

@View('Me', 'Who the key is.')
export class MeView {
  @ApiField.id({ about: 'The organisation that it belongs to.' })
  readonly organisationId: string;

  @ApiField.id({ about: 'The key.' })
  readonly keyId: string;

  @ApiField.list(oneOf(scopeEnum), { about: 'What it may do.' })
  readonly scopes: readonly ScopeName[];

  static of(this: void, { tenantId, keyId, scopes: granted }: Caller): MeView {
    return view(MeView, { organisationId: tenantId, keyId, scopes: granted });
  }
}
