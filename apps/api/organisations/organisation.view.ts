import type { Page } from '#application/paging.js';
import type { OrganisationEntry } from '#application/organisations/organisation.js';
import type { NewPolicy, Policy } from '#application/organisations/organisation-policy.service.js';
import type { CreatedOrganisation } from '#application/organisations/organisations.service.js';
import { ApiKeyView } from '../api-keys/api-key.view.js';
import { ApiField } from '../schema/api-field.js';
import { text } from '../schema/field-type.js';
import { pageViews } from '../schema/page.js';
import { Input, View, view } from '../schema/shapes.js';

@View('Organisation', 'A tenant, as the operator sees it.')
export class OrganisationView {
  @ApiField.id({ about: 'Its id.' })
  readonly id: string;

  @ApiField.text({ about: 'Its name.', maxLength: 100 })
  readonly name: string;

  @ApiField.time({ about: 'When it was made.' })
  readonly createdAt: Date;

  static of(this: void, { tenantId, name, createdAt }: OrganisationEntry): OrganisationView {
    return view(OrganisationView, { id: tenantId, name, createdAt });
  }
}

export const organisationPages = pageViews<OrganisationEntry, OrganisationView>('Organisation', OrganisationView, OrganisationView.of);
export type OrganisationPage = Page<OrganisationEntry>;

@Input('CreateOrganisationInput', 'A new tenant.')
export class CreateOrganisationInput {
  @ApiField.text({ about: 'Its name.', minLength: 1, maxLength: 100, example: 'Acme' })
  readonly name: string;
}

@View('CreatedOrganisation', 'A new tenant and its first key.')
export class CreatedOrganisationView {
  @ApiField.object(() => OrganisationView, { about: 'The tenant.' })
  readonly organisation: OrganisationView;

  @ApiField.object(() => ApiKeyView, { about: 'Its first key, which may do everything in it.' })
  readonly key: ApiKeyView;

  @ApiField.text({ about: "The key's token. Shown this once." })
  readonly token: string;

  static of(this: void, { organisation, key, token }: CreatedOrganisation): CreatedOrganisationView {
    return view(CreatedOrganisationView, { organisation: OrganisationView.of(organisation), key: ApiKeyView.of(key), token });
  }
}

@View('Policy', 'What an organisation decides for all its clusters.')
export class PolicyView {
  @ApiField.list(text({ maxLength: 253 }), { about: 'Registries (host, or host and path) that images may come from; null where none was set.', isNullable: true })
  readonly trustedRegistries: readonly string[] | null;

  @ApiField.int({ about: "Days for which the evidence of scans is kept; that of a cluster's latest scan always is." })
  readonly evidenceDays: number;

  static of(this: void, { trustedRegistries, evidenceDays }: Policy): PolicyView {
    return view(PolicyView, { trustedRegistries, evidenceDays });
  }
}

@Input('PolicyInput', 'What an organisation decides for all its clusters; replaces what was decided before.')
export class PolicyInput implements NewPolicy {
  @ApiField.list(text({ maxLength: 253, example: 'registry.example.com/team' }), {
    about: 'Registries (host, or host and path) that images may come from; null: the organisation has no such list.',
    isNullable: true,
    max: 200,
  })
  readonly trustedRegistries: readonly string[] | null;

  @ApiField.int({ about: 'Days for which the evidence of scans is kept; as before where left out.', isOptional: true, min: 1, max: 400 })
  readonly evidenceDays?: number;
}
